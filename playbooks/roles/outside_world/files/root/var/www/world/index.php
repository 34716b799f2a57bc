<?php
// The sites of the lab's Internet: pages whose size and links depend on host and path, and update services
// that answer polling software. Nothing here belongs to the attack.
declare(strict_types=1);

$host = strtolower((string) preg_replace('/[^a-z0-9.-]/i', '', $_SERVER['HTTP_HOST'] ?? ''));
$path = (string) parse_url($_SERVER['REQUEST_URI'] ?? '/', PHP_URL_PATH);
$seed = crc32($host . $path);

if (str_starts_with($path, '/api/')) {
    header('Content-Type: application/json');
    echo json_encode(['status' => 'ok', 'version' => '4.2.1', 'next' => 30 + $seed % 60]), "\n";
    exit;
}
if (preg_match('/\.(dat|bin|cab|zip|js|png)$/', $path)) {
    header('Content-Type: application/octet-stream');
    echo str_repeat(hash('sha256', $path, true), 64 + $seed % 4000);
    exit;
}
$names = ['weather' => '天気予報', 'news' => 'ニュース', 'www.aozora-shimpo' => 'あおぞら新報', 'www.pref-midori' => 'みどり県',
    'shop.bunbogu' => '文具通販', 'map.norikae' => '乗換案内', 'sync.cloud-yotei' => '予定表クラウド'];
$title = $names[preg_replace('/\.example(:\d+)?$/', '', $host)] ?? $host;
$words = ['市内の桜が見ごろを迎えました', '週末は晴れるでしょう', '県内の統計が公表されました', '新しい図書館が開館します', '給食の献立を紹介します'];
echo "<!doctype html><html lang=\"ja\"><meta charset=\"utf-8\"><title>$title</title><h1>$title</h1>\n";
for ($n = 0; $n < 5 + $seed % 40; $n++) {
    $id = ($seed + $n * 7919) % 100000;
    echo "<p><a href=\"/articles/$id.html\">", $words[($seed + $n) % 5], "</a></p>\n";
}
