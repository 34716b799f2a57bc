"""Pseudonyms: each team is a bird, the same one on every surface of one exercise.

Which one follows from the exercise's seed, which only the instructors have: whoever knows the list
and the teams cannot work it out.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from range.scenario.model import Text

_BIRDS = """
ツバメ Swallow, スズメ Sparrow, カワセミ Kingfisher, フクロウ Owl, タカ Hawk, ワシ Eagle,
ハヤブサ Falcon, ツル Crane, サギ Heron, カモメ Gull, ウグイス Warbler, メジロ White-eye,
ヒバリ Lark, モズ Shrike, キジ Pheasant, ウズラ Quail, カモ Duck, ガン Goose, ハクチョウ Swan,
トキ Ibis, コウノトリ Stork, ペリカン Pelican, ペンギン Penguin, ミズナギドリ Shearwater,
ウミウ Cormorant, チドリ Plover, シギ Sandpiper, カッコウ Cuckoo, ヨタカ Nightjar,
アマツバメ Swift, ヤツガシラ Hoopoe, キツツキ Woodpecker, セキレイ Wagtail, ヒヨドリ Bulbul,
コマドリ Robin, ルリビタキ Bluetail, ツグミ Thrush, エナガ Bushtit, ゴジュウカラ Nuthatch,
ミソサザイ Wren, ホオジロ Bunting, アトリ Brambling, カワラヒワ Greenfinch, マヒワ Siskin,
イカル Grosbeak, ムクドリ Starling, カケス Jay, カササギ Magpie, カラス Crow,
ライチョウ Ptarmigan, オシドリ Mandarin, クイナ Rail, バン Moorhen, オオバン Coot,
アジサシ Tern, ウミスズメ Auklet, ツノメドリ Puffin, トビ Kite, ミサゴ Osprey, ノスリ Buzzard,
チョウゲンボウ Kestrel, ハト Dove, オウム Parrot, クジャク Peacock
"""
BIRDS = tuple(
    Text(ja=ja, en=en) for ja, en in (bird.strip().split(" ") for bird in _BIRDS.split(","))
)


def pseudonyms(teams: Sequence[str], seed: str) -> Mapping[str, Text]:
    """Return team -> pseudonym; where teams outnumber the birds, the later ones are numbered."""

    def draw(bird: Text) -> bytes:
        return hmac.digest(seed.encode(), b"pseudonym " + bird.en.encode(), hashlib.sha256)

    drawn = sorted(BIRDS, key=draw)
    return {team: _numbered(drawn[i % len(drawn)], i // len(drawn)) for i, team in enumerate(teams)}


def _numbered(bird: Text, lap: int) -> Text:
    if not lap:
        return bird
    return Text(ja=f"{bird.ja}{lap + 1}", en=f"{bird.en} {lap + 1}")
