"""Words of the console before an exercise, in both languages."""

from __future__ import annotations

from tui.look.words import Table

BEFORE: Table = {
    # Everywhere
    "acting-as": ("講師: {actor}", "as {actor}"),
    "actor": ("操作者の名前", "Your name"),
    "actor-about": (
        "これから行う操作はこの名前で記録されます。",
        "What you do from now on is recorded under this name.",
    ),
    "comma": ("、", ", "),
    "question": ("確認", "Please confirm"),
    "looking": ("読み込み中…", "Reading…"),
    "on": ("あり", "on"),
    "off": ("なし", "off"),
    # Trouble
    "trouble": ("問題が発生しました", "Something is wrong"),
    "trouble-input": ("入力に誤りがあります", "The input has mistakes"),
    "trouble-host": ("このホストではまだ実行できません", "This host is not ready for it"),
    "trouble-provisioning": (
        "ラボまたはイメージの作成に失敗しました",
        "A lab or image was not made",
    ),
    "trouble-other": ("実行できませんでした", "That was not possible"),
    "trouble-bug": ("プログラムの内部エラーです", "A mistake of this program"),
    "advice": ("対処", "What to do"),
    "advice-input": (
        "示された箇所を直してから、もう一度実行してください。",
        "Mend the places that are named, then try again.",
    ),
    "advice-host": (
        "「ホスト点検」で不足を確認し、直せるものは直してください。チーム数を減らすか、使っていないラボを撤去する方法もあります。",
        "See “Host check” for what is missing and mend it. Or take fewer teams, or remove labs"
        " that nobody uses.",
    ),
    "advice-provisioning": (
        "作成済みのものは残っています。原因を取り除いてから「再開」すると、続きから進みます。"
        "シナリオを直した場合は、新しい演習を作ってください。",
        "What was made is kept. Remove the cause, then “Go on” continues from there."
        " If you mended the scenario, make a new exercise of it.",
    ),
    "advice-other": (
        "演習の状態は変わっていません。内容を確認して、やり直してください。",
        "Nothing was changed. Read the reason, then try again.",
    ),
    "advice-bug": (
        "演習は続いています。コンソールを開き直してください。この表示を開発者に伝えてください。",
        "Exercises go on. Open the console again, and tell its developers what you see here.",
    ),
    "fatal": (
        "コンソールに内部エラーが起きたため終了しました。演習はそのまま続いています。"
        "もう一度 cyder tui で開いてください。詳細: {path}",
        "The console made a mistake and has ended. Exercises go on as they were."
        " Open it again with cyder tui. Details: {path}",
    ),
    "place": ("箇所", "Place"),
    "mistake": ("内容", "Mistake"),
    # Home
    "home": ("演習の一覧", "Exercises"),
    "home-about": ("演習の一覧に戻る", "Back to the list of exercises"),
    "new": ("新しい演習", "New exercise"),
    "new-about": ("シナリオを選んで演習を作る", "Choose a scenario and make an exercise"),
    "open-exercise": ("開く: {exercise}", "Open {exercise}"),
    "open": ("開く", "Open"),
    "report": ("振り返り報告書", "Report"),
    "report-later": (
        "{exercise} の報告書は、演習の終了後に読めます。",
        "The report of {exercise} comes after its end.",
    ),
    "go-on": ("再開", "Go on"),
    "take-down": ("ラボ撤去", "Remove labs"),
    "host-check": ("ホスト点検", "Host check"),
    "host-check-about": (
        "不足を調べ、直せるものを直す",
        "See what this host lacks, and mend it",
    ),
    "rights-root": (
        "管理者権限(root)で動作中。ラボの作成・撤去を含むすべての操作ができます。",
        "Running as root: everything can be done, labs included.",
    ),
    "rights-user": (
        "一般ユーザーで動作中。ラボの作成・撤去・ホストの修復には root が必要です(sudo cyder tui)。"
        "シナリオの閲覧と memory によるリハーサルはこのままできます。",
        "Not running as root. Making and removing labs and mending the host need root"
        " (sudo cyder tui). Reading scenarios and rehearsing on `memory` work as you are.",
    ),
    "search-exercises": (
        "検索: 演習 ID、シナリオ、チーム、状態",
        "Search: id, scenario, team, state",
    ),
    "state": ("状態", "State"),
    "exercise": ("演習 ID", "Exercise"),
    "scenario": ("シナリオ", "Scenario"),
    "started": ("開始", "Started"),
    "labs": ("ラボ", "Labs"),
    "labs-stand": ("稼働", "standing"),
    "teams": ("チーム", "Teams"),
    "state-preparing": ("準備中", "preparing"),
    "state-running": ("実施中", "running"),
    "state-paused": ("一時停止", "paused"),
    "state-ended": ("終了", "over"),
    "state-interrupted": ("中断", "interrupted"),
    "state-unread": ("読込中", "reading"),
    "state-given-up": ("打ち切り", "given up"),
    "state-damaged": ("記録破損", "damaged"),
    "no-exercises": (
        "まだ演習はありません。n で新しい演習を作ります。",
        "There is no exercise yet. n makes one.",
    ),
    "nothing-found": ("該当するものがありません。", "Nothing like that here."),
    "go-on-ask": (
        "{exercise} の進行エンジンが停止しています。再開しますか。",
        "The engine of {exercise} is dead. Go on with it?",
    ),
    "go-on-detail": (
        "記録の続きから進みます。「いいえ」を選ぶと、再開せずに開きます。",
        "It goes on from where its log ends. “No” opens it as it is.",
    ),
    "go-on-not": ("{exercise} は再開の必要がありません。", "{exercise} does not need that."),
    "no-labs": ("{exercise} のラボは残っていません。", "{exercise} has no labs any more."),
    "down-not-now": (
        "演習中のラボは撤去できません。先に演習を終了してください。",
        "Labs in use are not removed. End the exercise first.",
    ),
    "down-ask": ("{exercise} のラボをすべて撤去しますか。", "Remove all labs of {exercise}?"),
    "down-detail": (
        "ノードとその中のデータは消えます。記録・採点・報告書は残ります。",
        "Nodes and what is on them are lost. Log, score and report stay.",
    ),
    "down-lost": (
        "この演習は終了していません。撤去すると再開できなくなります。記録は残ります。",
        "This exercise is not over. Without its labs it cannot be gone on with. Its log stays.",
    ),
    "down-begun": ("{exercise} のラボを撤去しています…", "Removing the labs of {exercise}…"),
    "down-done": ("{exercise} のラボを撤去しました。", "The labs of {exercise} are gone."),
    # Host check
    "examining": ("ホストを調べています… {what}", "Looking at the host… {what}"),
    "mending": ("直しています: {what}", "Mending: {what}"),
    "mend": ("直す", "Mend"),
    "mend-all": ("すべて直す", "Mend all"),
    "mend-root": ("修復には root が必要です。", "Mending needs root."),
    "nothing-to-mend": ("直すものはありません。", "There is nothing to mend."),
    "look-again": ("再読込", "Look again"),
    "state-ok": ("良好", "fine"),
    "state-lack": ("不足", "lacking"),
    "state-note": ("注意", "note"),
    "host-ready": (
        "このホストでラボを作れます(注意 {notes} 件)。",
        "This host is ready for labs ({notes} notes).",
    ),
    "host-lacks": (
        "不足が {lacks} 件、注意が {notes} 件あります。",
        "{lacks} lacking, {notes} notes.",
    ),
    "host-rights": ("権限", "Rights"),
    "host-rights-about": (
        "ラボの作成には root が必要です。",
        "Labs are made by root only.",
    ),
    "host-packages": ("パッケージ", "Packages"),
    "host-packages-about": (
        "足りない OS パッケージがあります。",
        "Packages of the operating system are missing.",
    ),
    "host-libvirt": ("libvirt", "libvirt"),
    "host-libvirt-about": (
        "コンテナを動かす libvirt が応答していません。作成時にも自動で起動します。",
        "What runs the containers does not answer. Making labs starts it, too.",
    ),
    "host-cgroups": ("cgroup", "cgroups"),
    "host-cgroups-about": (
        "ノードの資源を制限するカーネル機能が足りません。",
        "The kernel cannot bound what a node uses.",
    ),
    "host-limits": ("カーネル上限", "Kernel limits"),
    "host-limits-about": (
        "多くのノードを動かすには上限が低すぎます。作成時にも自動で引き上げます。",
        "Too low for many nodes. Making labs raises them, too.",
    ),
    "host-memory": ("メモリ", "Memory"),
    "host-memory-about": ("空きメモリが少なくなっています。", "Little memory is free."),
    "host-disk": ("ディスク", "Disk"),
    "host-disk-about": ("空き容量が少なくなっています。", "Little disk is free."),
    "host-loops": ("ラボの容量制限", "Disks of labs"),
    "host-loops-about": (
        "ノードがディスクを使い切ると、ホストの空き容量まで減ります。",
        "A node that fills its disk takes this host's.",
    ),
    "host-kvm": ("仮想化", "KVM"),
    "host-kvm-about": (
        "仮想マシンのノードは遅くなります。コンテナには影響しません。",
        "Nodes that are virtual machines will be slow. Containers do not mind.",
    ),
    "host-leftovers": ("残骸", "Leftovers"),
    "host-leftovers-about": (
        "どの演習にも属さないものが残っています。直すと消えます。",
        "Things that no exercise owns. Mending removes them.",
    ),
}
