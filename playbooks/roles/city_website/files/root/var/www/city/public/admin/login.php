<?php
// 編集者のログイン。
require '/var/www/city/lib/site.php';
session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax']);
$message = '';
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $user = field('user', 64);
    $hash = '';
    foreach (is_readable(EDITORS) ? file(EDITORS, FILE_IGNORE_NEW_LINES) : [] as $line) {
        [$name, $stored] = array_pad(explode(':', $line, 2), 2, '');
        $hash = hash_equals($name, $user) ? $stored : $hash;
    }
    if ($hash !== '' && password_verify(field('password', 200), $hash)) {
        session_regenerate_id(true);
        $_SESSION['editor'] = $user;
        record("login ok user=$user from={$_SERVER['REMOTE_ADDR']}");
        header('Location: /admin/edit.php');
        exit;
    }
    record("login failed user=$user from={$_SERVER['REMOTE_ADDR']}");
    http_response_code(403);
    $message = '<p>利用者名かパスワードが違います。</p>';
}
page('<h2>編集者ログイン</h2>' . $message . '<form method="post"><p>利用者 <input name="user"></p>
<p>パスワード <input type="password" name="password"></p><button>ログイン</button></form>', http_response_code() ?: 200);
