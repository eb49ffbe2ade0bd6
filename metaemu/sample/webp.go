package sample

import "encoding/binary"

// stickerSide is the width and the height of the sticker in pixels.
const stickerSide = 256

// sticker is a disc of one colour on nothing, as lossless WebP: red, green and
// blue are always the same and take no bits, the alpha of a pixel takes one.
func sticker() []byte {
	b := &bits{}
	b.put(0x2f, 8) // The signature of lossless WebP.
	b.put(stickerSide-1, 14)
	b.put(stickerSide-1, 14)
	b.put(1, 1) // Alpha is used.
	b.put(0, 3) // Version.
	b.put(0, 1) // No transform,
	b.put(0, 1) // no cache of colours,
	b.put(0, 1) // one group of codes for the whole picture.
	only := func(v uint) {
		b.put(1, 1) // A simple code
		b.put(0, 1) // of one symbol
		b.put(1, 1) // of eight bits.
		b.put(v, 8)
	}
	only(uint(sun.G))
	only(uint(sun.R))
	only(uint(sun.B))
	b.put(1, 1) // A simple code
	b.put(1, 1) // of two symbols, the first of eight bits.
	b.put(1, 1)
	b.put(0, 8)
	b.put(255, 8)
	only(0) // Distances, of which there are none.
	for y := range stickerSide {
		for x := range stickerSide {
			dx, dy, r := x-stickerSide/2, y-stickerSide/2, stickerSide*7/16
			if dx*dx+dy*dy < r*r {
				b.put(1, 1)
			} else {
				b.put(0, 1)
			}
		}
	}
	if len(b.out)%2 == 1 {
		b.out = append(b.out, 0) // Chunks are of even length.
	}
	out := []byte("RIFF")
	out = binary.LittleEndian.AppendUint32(out, uint32(4+8+len(b.out))) // #nosec G115 -- some kilobytes
	out = append(out, "WEBPVP8L"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(b.out))) // #nosec G115 -- some kilobytes
	return append(out, b.out...)
}
