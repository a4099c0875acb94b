package demo

// The palettes of the images: few colours that go together, as an illustrator would choose them.
var (
	skins = []rgb{hex(0xf7d4b8), hex(0xeec09a), hex(0xd9a077), hex(0xb97a50), hex(0x8d5a3a), hex(0x5f3a26)}
	hairs = []rgb{hex(0x2a1f1d), hex(0x4a2c20), hex(0x7a4a2a), hex(0xb06a34), hex(0xd9a85b), hex(0xa33f2a), hex(0xb9b4ad)}
	knits = []rgb{
		hex(0xd1495b), hex(0xe08e45), hex(0xedc256), hex(0x4f9d69), hex(0x2f7f8f), hex(0x3f5d9b), hex(0x7c5aa3), hex(0x5b5f6b),
	}
	straws = []rgb{hex(0xe3c078), hex(0xd2a85f), hex(0xc08f52), hex(0xe9d3a0)}
	gold   = hex(0xe8b93c)
	silver = hex(0xc9d1d8)
	steel  = hex(0x8d99a6)
	ink    = hex(0x2b2a33)
	lips   = hex(0x9c3b3a)
)
