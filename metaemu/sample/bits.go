package sample

// bits is a stream of bits. WebP begins a byte with its lowest bit, H.264 with
// its highest.
type bits struct {
	out     []byte
	n       int // bits of the last byte that are taken
	highest bool
}

func (b *bits) bit(v uint) {
	if b.n == 0 {
		b.out = append(b.out, 0)
	}
	place := b.n
	if b.highest {
		place = 7 - b.n
	}
	b.out[len(b.out)-1] |= byte(v&1) << place
	b.n = (b.n + 1) % 8
}

// put writes the lowest n bits of v, in the order in which the stream begins a byte.
func (b *bits) put(v uint, n int) {
	for i := range n {
		if b.highest {
			i = n - 1 - i
		}
		b.bit(v >> i)
	}
}

// golomb is an unsigned number in exponential Golomb code.
func (b *bits) golomb(v uint) {
	length := 0
	for (v+1)>>(length+1) > 0 {
		length++
	}
	b.put(0, length)
	b.put(v+1, length+1)
}

// align fills the byte up with zeros.
func (b *bits) align() { b.n = 0 }
