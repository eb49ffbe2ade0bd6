package sample

import "encoding/binary"

const (
	// opusRate is how many samples Opus counts in a second, opusFrame how many
	// a frame of 20 ms has.
	opusRate  = 48000
	opusFrame = opusRate / 50
	noteFrame = 100 // frames of the voice note
)

// voiceNote is two seconds of silence: one channel of Opus in Ogg (RFC 7845).
func voiceNote() []byte {
	head := []byte("OpusHead\x01\x01") // Version 1, one channel.
	head = binary.LittleEndian.AppendUint16(head, 312)
	head = binary.LittleEndian.AppendUint32(head, opusRate)
	head = append(head, 0, 0, 0) // No gain, and the usual order of channels.
	tags := []byte("OpusTags")
	tags = binary.LittleEndian.AppendUint32(tags, 6)
	tags = append(tags, "sample"...)
	tags = binary.LittleEndian.AppendUint32(tags, 0)

	out := oggPage(2, 0, 0, head)
	out = append(out, oggPage(0, 0, 1, tags)...)
	var packets [][]byte
	for range noteFrame {
		packets = append(packets, []byte{0xf8, 0xff, 0xfe}) // A mono frame of 20 ms of silence.
	}
	return append(out, oggPage(4, noteFrame*opusFrame, 2, packets...)...)
}

// oggPage is one page of packets, each shorter than 255 bytes. kind is 2 for the
// first and 4 for the last; until is the number of samples up to its end.
func oggPage(kind byte, until uint64, number uint32, packets ...[]byte) []byte {
	out := []byte("OggS\x00")
	out = append(out, kind)
	out = binary.LittleEndian.AppendUint64(out, until)
	out = binary.LittleEndian.AppendUint32(out, 1) // The stream.
	out = binary.LittleEndian.AppendUint32(out, number)
	sum := len(out)
	out = append(out, 0, 0, 0, 0, byte(len(packets)))
	for _, p := range packets {
		out = append(out, byte(len(p)))
	}
	for _, p := range packets {
		out = append(out, p...)
	}
	binary.LittleEndian.PutUint32(out[sum:], oggSum(out))
	return out
}

// oggSum is the checksum of a page: a CRC of polynomial 0x04c11db7, not mirrored.
func oggSum(page []byte) (crc uint32) {
	for _, b := range page {
		crc ^= uint32(b) << 24
		for range 8 {
			carry := crc >> 31
			crc = crc<<1 ^ carry*0x04c11db7
		}
	}
	return crc
}
