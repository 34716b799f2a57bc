<?php
require '/var/www/city/lib/site.php';
$id = $_GET['id'] ?? '';
$file = CONTENT . '/' . (is_string($id) && preg_match('/^[a-z0-9-]{1,32}$/', $id) ? $id : '-') . '.html';
is_file($file) ? page((string) file_get_contents($file)) : page('<h2>ページが見つかりません</h2>', 404);
