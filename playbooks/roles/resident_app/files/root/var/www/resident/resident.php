<?php
// 住民票の照会と、証明書の発行（番号を返す）。
require '/usr/share/resident-app/lib.php';
$operator = operator();
$id = filter_var($_REQUEST['id'] ?? '', FILTER_VALIDATE_INT) ?: 0;
$db = database();
$row = $db->prepare('SELECT id, name, kana, born, sex, postal, address, household FROM resident WHERE id = ?');
$row->execute([$id]);
$resident = $row->fetch(PDO::FETCH_ASSOC);
if ($resident === false) {
    screen('該当なし', '<p>該当する住民が見つかりません。</p>', 404);
    exit;
}
$db->prepare('INSERT INTO lookup (operator, resident, query) VALUES (?, ?, ?)')->execute([$operator, $id, "id=$id"]);
$body = '';
foreach (['住民番号', '氏名', 'カナ', '生年月日', '性別', '郵便番号', '住所', '世帯番号'] as $n => $label) {
    $body .= "<tr><th>$label</th><td>" . h((string) array_values($resident)[$n]) . '</td></tr>';
}
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $note = is_string($_POST['note'] ?? null) ? mb_substr($_POST['note'], 0, 100) : '';
    $made = $db->prepare("INSERT INTO certificate (resident, kind, operator, note) VALUES (?, '住民票の写し', ?, ?) RETURNING number");
    $made->execute([$id, $operator, $note]);
    $body .= '<tr><th>発行番号</th><td>' . $made->fetchColumn() . '</td></tr>';
}
$last = $db->prepare('SELECT number, note FROM certificate WHERE resident = ? ORDER BY number DESC LIMIT 1');
$last->execute([$id]);
if ($issued = $last->fetch(PDO::FETCH_ASSOC)) {
    $body .= '<tr><th>直近の発行</th><td>' . $issued['number'] . ' ' . h($issued['note']) . '</td></tr>';
}
screen('住民票', "<table>$body</table><form method=\"post\"><input type=\"hidden\" name=\"id\" value=\"$id\">備考 <input name=\"note\"><button>証明書を発行</button></form>");
