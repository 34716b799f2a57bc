<?php
// 共通部品: ページの枠、入力の整理、問い合わせの保存先。
declare(strict_types=1);

const CONTENT = '/var/www/city/content';
const EDITORS = '/var/www/city/config/editors';

function h(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

function field(string $name, int $limit): string
{
    $value = $_POST[$name] ?? '';
    return is_string($value) ? mb_substr(trim($value), 0, $limit) : '';
}

function page(string $body, int $status = 200): void
{
    $title = is_readable(CONTENT . '/title.txt') ? trim((string) file_get_contents(CONTENT . '/title.txt')) : '';
    http_response_code($status);
    header('Content-Type: text/html; charset=utf-8');
    echo "<!doctype html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\"><title>", h($title), "</title>",
        "<link rel=\"stylesheet\" href=\"/style.css\"></head>\n<body><header><h1><a href=\"/\">", h($title),
        "</a></h1></header>\n<main>\n", $body, "\n</main>\n",
        "<footer>あおぞら市役所 〒000-0001 あおぞら市中央1丁目1番1号（架空の自治体です）</footer></body></html>\n";
}

function inquiries(): PDO
{
    $db = new PDO('sqlite:/var/www/city/data/inquiries.sqlite', null, null, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
    $db->exec('PRAGMA busy_timeout = 3000');
    $db->exec('CREATE TABLE IF NOT EXISTS inquiry (receipt INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT, name TEXT, mail TEXT, subject TEXT, body TEXT)');
    return $db;
}

function record(string $what): void
{
    openlog('cms', LOG_PID, LOG_LOCAL5);
    syslog(LOG_NOTICE, preg_replace('/[\x00-\x1f\x7f]/', ' ', $what));
}
