<?php
// 住民記録システムの共通部品。
declare(strict_types=1);

function h(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

function settings(): array
{
    return parse_ini_file('/etc/resident-app/servers.ini') + (parse_ini_file('/etc/resident-app/secret.ini') ?: []);
}

function database(): PDO
{
    $s = settings();
    return new PDO("pgsql:host={$s['database']};dbname=jumin;user=app;password={$s['password']};connect_timeout=5", null, null,
        [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
}

function authenticated(string $user, string $password): bool
{
    if ($password === '' || !preg_match('/^[a-z0-9-]{1,32}$/', $user)) {
        return false;
    }
    $link = ldap_connect('ldap://' . settings()['directory']);
    ldap_set_option($link, LDAP_OPT_PROTOCOL_VERSION, 3);
    ldap_set_option($link, LDAP_OPT_NETWORK_TIMEOUT, 5);
    return @ldap_bind($link, "uid=$user,ou=people,dc=city,dc=aozora,dc=example", $password);
}

function operator(): string
{
    session_start(['cookie_httponly' => true]);
    if (!isset($_SESSION['operator'])) {
        header('Location: /login.php');
        exit;
    }
    return $_SESSION['operator'];
}

function screen(string $title, string $body, int $status = 200): void
{
    http_response_code($status);
    header('Content-Type: text/html; charset=utf-8');
    echo "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><title>住民記録システム</title></head><body>",
        "<h1>住民記録システム</h1><h2>", h($title), "</h2>\n", $body, "\n</body></html>\n";
}
