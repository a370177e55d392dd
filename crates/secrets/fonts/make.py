"""Makes the fonts of the recovery kit: static TrueType files out of the variable
ones that the window uses. README.md says how to call it."""

import sys
from io import BytesIO
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

# What a name or a path may hold and a person can type: Latin, Greek, Cyrillic,
# without combining marks; and the punctuation of the sentences.
CHARACTERS = [
    *range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180), *range(0x218, 0x21C),
    *range(0x386, 0x3CF), *range(0x400, 0x460), *range(0x490, 0x494), 0x1E9E,
    0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x20AC, 0x2192,
]
SUBSETS = ["latin", "latin-ext", "greek", "cyrillic", "cyrillic-ext"]
FONTS = [
    ("inter", "Inter-Regular", 400, ["kern"]),
    ("inter", "Inter-SemiBold", 600, ["kern"]),
    ("geist-mono", "GeistMono-Regular", 400, []),
    ("geist-mono", "GeistMono-Medium", 500, []),
]


def part(source, weight, features, left):
    font = instantiateVariableFont(TTFont(source), {"wght": weight}, inplace=True)
    font.flavor = None
    options = Options()
    options.layout_features = features
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["STAT", "MVAR", "HVAR", "meta", "DSIG", "gasp", "vhea", "vmtx"]
    subsetter = Subsetter(options)
    wanted = left & set(font.getBestCmap())
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    return font, wanted


def make(modules, family, name, weight, features):
    left, parts = set(CHARACTERS), []
    for subset in SUBSETS:
        source = modules / family / "files" / f"{family}-{subset}-wght-normal.woff2"
        # Kerning of Latin text only: the parts know nothing of each other.
        if source.exists():
            font, found = part(source, weight, features if subset == "latin" else [], left)
            left -= found
            if found:
                kept = BytesIO()
                font.save(kept)
                kept.seek(0)
                parts.append(kept)
    merged = Merger().merge(parts)
    names = merged["name"]
    shown = name.split("-")
    for number, text in [(1, shown[0]), (2, shown[1]), (4, " ".join(shown)), (6, name)]:
        names.setName(text, number, 3, 1, 0x409)
    merged["head"].created = merged["head"].modified = 0
    merged.recalcTimestamp = False
    target = Path(__file__).with_name(f"{name}.ttf")
    merged.save(target)
    print(target.name, target.stat().st_size, "without", "".join(map(chr, sorted(left))))


for family, name, weight, features in FONTS:
    make(Path(sys.argv[1]), family, name, weight, features)
