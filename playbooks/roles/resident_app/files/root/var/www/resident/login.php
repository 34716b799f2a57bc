<?php
require '/usr/share/resident-app/lib.php';
session_start(['cookie_httponly' => true]);
$status = 200;
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $user = is_string($_POST['user'] ?? null) ? $_POST['user'] : '';
    if (authenticated($user, is_string($_POST['password'] ?? null) ? $_POST['password'] : '')) {
        session_regenerate_id(true);
        $_SESSION['operator'] = $user;
        header('Location: /');
        exit;
    }
    $status = 403;
}
screen('ログイン', ($status === 403 ? '<p>ログインできません。</p>' : '') .
    '<form method="post"><p>職員ID <input name="user"></p><p>パスワード <input type="password" name="password"></p><button>ログイン</button></form>', $status);
