package sample

import (
	"encoding/binary"
	"image/color"
	"slices"
)

// filmBlocks is the width and the height of the film in blocks of 16 pixels.
const filmBlocks = 6

// film is an MP4 file of one picture that is shown for a second.
func film() []byte {
	sps, pps, picture := parameterSet(), pictureSet(), slice()
	frame := append(binary.BigEndian.AppendUint32(nil, uint32(len(picture))), picture...) // #nosec G115 -- some kilobytes
	ftyp := box("ftyp", []byte("isom"), be32(0x200), []byte("isomavc1mp41"))
	// The data follows the description, whose length does not depend on where.
	at := len(ftyp) + len(movie(sps, pps, len(frame), 0)) + 8
	return slices.Concat(ftyp, movie(sps, pps, len(frame), at), box("mdat", frame))
}

// nal is a unit of H.264: a header, the bits, a one and zeros up to the byte.
// None of ours holds two zero bytes in a row, which would need an escape.
func nal(header byte, write func(b *bits)) []byte {
	b := &bits{highest: true}
	b.put(uint(header), 8)
	write(b)
	b.bit(1)
	return b.out
}

// parameterSet describes the stream: baseline profile, level 1, whole pictures.
func parameterSet() []byte {
	return nal(0x67, func(b *bits) {
		b.put(66, 8)   // Baseline profile,
		b.put(0xc0, 8) // with the constraints of the constrained one,
		b.put(10, 8)   // level 1.
		b.golomb(0)    // Number of this set.
		b.golomb(0)    // Frame numbers have four bits.
		b.golomb(2)    // Pictures are shown in the order of the stream.
		b.golomb(0)    // No other picture is referred to.
		b.bit(0)
		b.golomb(filmBlocks - 1)
		b.golomb(filmBlocks - 1)
		b.bit(1) // Frames, not fields.
		b.bit(1) // As the standard says where no picture tells.
		b.bit(0) // Nothing is cut off.
		b.bit(0) // No more is said about its use.
	})
}

func pictureSet() []byte {
	return nal(0x68, func(b *bits) {
		b.golomb(0) // Number of this set,
		b.golomb(0) // and of the one above.
		b.bit(0)    // CAVLC.
		b.bit(0)
		b.golomb(0) // One group of slices.
		b.golomb(0)
		b.golomb(0)
		b.bit(0)
		b.put(0, 2)
		b.golomb(0) // Quality 26, and no offset: signed numbers, of which 0 is 0.
		b.golomb(0)
		b.golomb(0)
		b.bit(1) // Slices may say how edges are smoothed.
		b.bit(0)
		b.bit(0)
	})
}

// slice is the picture: blocks whose pixels are written as they are.
func slice() []byte {
	return nal(0x65, func(b *bits) {
		b.golomb(0) // From the first block,
		b.golomb(7) // all inside themselves,
		b.golomb(0) // by the set above.
		b.put(0, 4) // Frame number.
		b.golomb(0) // Number of the key picture.
		b.bit(0)
		b.bit(0)
		b.golomb(0) // Quality as it is.
		b.golomb(1) // No smoothing of edges.
		for block := range filmBlocks * filmBlocks {
			b.golomb(25) // Pixels as they are, from the next byte on.
			b.align()
			b.out = append(b.out, pixels(block%filmBlocks*16, block/filmBlocks*16)...)
		}
	})
}

// pixels is a block: 256 of brightness, then 64 of each colour difference.
func pixels(x0, y0 int) (out []byte) {
	var blue, red []byte
	for y := range 16 {
		for x := range 16 {
			c := landscape(x0+x, y0+y, filmBlocks*16, filmBlocks*16)
			bright, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
			out = append(out, byte(16+int(bright)*219/255))
			if x%2 == 0 && y%2 == 0 {
				blue = append(blue, byte(16+int(cb)*224/255))
				red = append(red, byte(16+int(cr)*224/255))
			}
		}
	}
	return slices.Concat(out, blue, red)
}

func be32(v ...int) (out []byte) {
	for _, n := range v {
		out = binary.BigEndian.AppendUint32(out, uint32(n)) // #nosec G115 -- small numbers
	}
	return out
}

func be16(v ...int) (out []byte) {
	for _, n := range v {
		out = binary.BigEndian.AppendUint16(out, uint16(n)) // #nosec G115 -- small numbers
	}
	return out
}

// box is an element of an MP4 file: length, name, content.
func box(name string, parts ...[]byte) []byte {
	inside := slices.Concat(parts...)
	return slices.Concat(be32(len(inside)+8), []byte(name), inside)
}

// second is how many units of the film's time a second has.
const second = 1000

// movie is the description of the film, whose one frame stands at a place.
func movie(sps, pps []byte, size, at int) []byte {
	matrix := be32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
	side := filmBlocks * 16
	avcC := box("avcC", []byte{1, sps[1], sps[2], sps[3], 0xff, 0xe1}, be16(len(sps)), sps, []byte{1}, be16(len(pps)), pps)
	avc1 := box("avc1", make([]byte, 6), be16(1), make([]byte, 16), be16(side, side), be32(0x480000, 0x480000, 0), be16(1), make([]byte, 32), be16(24, 0xffff), avcC)
	table := box("stbl",
		box("stsd", be32(0, 1), avc1),
		box("stts", be32(0, 1, 1, second)),
		box("stsc", be32(0, 1, 1, 1, 1)),
		box("stsz", be32(0, 0, 1, size)),
		box("stco", be32(0, 1, at)),
	)
	media := box("mdia",
		box("mdhd", be32(0, 0, 0, second, second), be16(0x55c4, 0)), // Language undetermined.
		box("hdlr", be32(0, 0), []byte("vide"), be32(0, 0, 0), []byte("film\x00")),
		box("minf",
			box("vmhd", be32(1, 0, 0)),
			box("dinf", box("dref", be32(0, 1), box("url ", be32(1)))),
			table,
		),
	)
	return box("moov",
		box("mvhd", be32(0, 0, 0, second, second, 0x10000), be16(0x100, 0), be32(0, 0), matrix, be32(0, 0, 0, 0, 0, 0, 2)),
		box("trak", box("tkhd", be32(7, 0, 0, 1, 0, second, 0, 0), be16(0, 0, 0, 0), matrix, be32(side<<16, side<<16)), media),
	)
}
