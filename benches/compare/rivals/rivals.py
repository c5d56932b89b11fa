"""pyvips and Pillow, each as its documentation recommends for speed.

    python rivals.py <pyvips|pillow> <out> <threads> <tile.png or -> <original>...
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

way, out, threads, tile, *originals = sys.argv[1:]
os.environ.setdefault("VIPS_CONCURRENCY", "1")


def paths(original):
    name = Path(original).stem
    return str(Path(out) / f"{name}-proof.jpg"), str(Path(out) / f"{name}-thumb.jpg")


def prepare_pyvips():
    import pyvips

    pyvips.cache_set_max(0)
    mark = None if tile == "-" else pyvips.Image.new_from_file(tile)

    def render(original):
        proof_path, thumb_path = paths(original)
        proof = pyvips.Image.thumbnail(original, 2048, height=2048, size="down").copy_memory()
        thumb = proof.thumbnail_image(400, height=400)
        if mark is not None:
            across, down = -(-proof.width // mark.width), -(-proof.height // mark.height)
            cover = mark.replicate(across, down).crop(0, 0, proof.width, proof.height)
            proof = proof.composite2(cover, "over").flatten()
        proof.jpegsave(proof_path, Q=82)
        thumb.jpegsave(thumb_path, Q=80)

    return render


def prepare_pillow():
    from PIL import Image, ImageOps

    mark = None if tile == "-" else Image.open(tile).convert("RGBA")

    def render(original):
        proof_path, thumb_path = paths(original)
        with Image.open(original) as picture:
            profile = picture.info.get("icc_profile")
            picture.draft("RGB", (2048, 2048))
            proof = ImageOps.exif_transpose(picture)
            proof.thumbnail((2048, 2048), Image.Resampling.LANCZOS, reducing_gap=None)
        thumb = proof.copy()
        thumb.thumbnail((400, 400), Image.Resampling.LANCZOS)
        if mark is not None:
            for top in range(0, proof.height, mark.height):
                for left in range(0, proof.width, mark.width):
                    proof.paste(mark, (left, top), mark)
        proof.save(proof_path, quality=82, icc_profile=profile)
        thumb.save(thumb_path, quality=80, icc_profile=profile)

    return render


if originals:
    render = {"pyvips": prepare_pyvips, "pillow": prepare_pillow}[way]()
    if int(threads) == 1:
        for original in originals:
            render(original)
    else:
        with ThreadPoolExecutor(int(threads)) as pool:
            list(pool.map(render, originals))
else:
    {"pyvips": prepare_pyvips, "pillow": prepare_pillow}[way]()
