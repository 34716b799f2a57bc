<?php
// ページの編集。編集者だけが使える。
require '/var/www/city/lib/site.php';
session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax']);
if (!isset($_SESSION['editor'])) {
    header('Location: /admin/login.php');
    exit;
}
$id = $_REQUEST['id'] ?? 'top';
$id = is_string($id) && preg_match('/^[a-z0-9-]{1,32}$/', $id) ? $id : 'top';
$file = CONTENT . "/$id.html";
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $body = field('body', 60000);
    file_put_contents($file, $body . "\n", LOCK_EX);
    record("edit page=$id bytes=" . strlen($body) . " user={$_SESSION['editor']} from={$_SERVER['REMOTE_ADDR']}");
    page('<h2>保存しました</h2><p><a href="/">トップページを見る</a></p>');
    exit;
}
$body = is_file($file) ? (string) file_get_contents($file) : '';
page('<h2>ページの編集: ' . h($id) . '</h2><form method="post"><input type="hidden" name="id" value="' . h($id) .
    '"><textarea name="body" rows="20" cols="80">' . h($body) . '</textarea><p><button>保存</button></p></form>');
