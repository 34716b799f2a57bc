<?php
require '/usr/share/resident-app/lib.php';
$operator = operator();
$found = '';
$query = is_string($_GET['q'] ?? null) ? mb_substr(trim($_GET['q']), 0, 40) : '';
if ($query !== '') {
    $db = database();
    $db->prepare('INSERT INTO lookup (operator, query) VALUES (?, ?)')->execute([$operator, $query]);
    $rows = $db->prepare('SELECT id, name, kana, address FROM resident WHERE kana LIKE ? OR name LIKE ? ORDER BY id LIMIT 20');
    $like = addcslashes($query, '%_\\') . '%';
    $rows->execute([$like, $like]);
    foreach ($rows as $row) {
        $found .= "<tr><td><a href=\"/resident.php?id={$row['id']}\">{$row['id']}</a></td><td>" . h($row['name']) . '</td><td>' . h($row['address']) . '</td></tr>';
    }
}
screen('検索', '<form><input name="q" value="' . h($query) . '"><button>検索</button></form><table>' . $found . '</table>');
