<?php
// お問い合わせ: 受け付けて番号を返す。?view=last は、同じ利用者の直前の受付内容を見せる。
require '/var/www/city/lib/site.php';
session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax']);
$form = '<h2>お問い合わせ</h2><form method="post" action="/contact.php">
<p>お名前 <input name="name" required></p><p>メール <input name="mail" type="email"></p>
<p>件名 <input name="subject" required></p><p>内容 <textarea name="body"></textarea></p><button>送信</button></form>';

if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $subject = field('subject', 200);
    if ($subject === '') {
        page('<h2>件名をご記入ください</h2>' . $form, 400);
        exit;
    }
    $db = inquiries();
    $row = $db->prepare('INSERT INTO inquiry (at, name, mail, subject, body) VALUES (?, ?, ?, ?, ?)');
    $row->execute([date('c'), field('name', 100), field('mail', 200), $subject, field('body', 4000)]);
    $_SESSION['receipt'] = (int) $db->lastInsertId();
    page('<h2>受け付けました</h2><p>受付番号: ' . $_SESSION['receipt'] . '</p>');
} elseif (($_GET['view'] ?? '') === 'last' && isset($_SESSION['receipt'])) {
    $row = inquiries()->prepare('SELECT receipt, at, subject FROM inquiry WHERE receipt = ?');
    $row->execute([$_SESSION['receipt']]);
    $found = $row->fetch(PDO::FETCH_ASSOC) ?: ['receipt' => 0, 'at' => '', 'subject' => ''];
    page('<h2>受付内容</h2><p>受付番号: ' . $found['receipt'] . '</p><p>件名: ' . h($found['subject']) . '</p>');
} else {
    page($form);
}
