#include "vips_shim.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

// The functions of libvips 8.18 that are used, with its own signatures. The
// GLib object types are opaque here.
typedef struct VipsImage VipsImage;
typedef struct VipsRegion VipsRegion;
typedef int (*load_buffer)(const void *, size_t, VipsImage **, ...);
typedef int (*save_buffer)(VipsImage *, void **, size_t *, ...);

static struct {
	int (*init)(const char *);
	void (*concurrency_set)(int);
	void (*cache_set_max)(int);
	load_buffer jpeg, png, webp, tiff;
	VipsImage *(*from_memory)(const void *, size_t, int, int, int, int);
	save_buffer save_jpeg;
	int (*get_width)(const VipsImage *);
	int (*get_height)(const VipsImage *);
	int (*get_bands)(const VipsImage *);
	int (*get_format)(const VipsImage *);
	int (*get_interpretation)(const VipsImage *);
	VipsRegion *(*region_new)(VipsImage *);
	unsigned char *(*region_fetch)(VipsRegion *, int, int, int, int, size_t *);
	void (*unref)(void *);
	void (*free)(void *);
	const char *(*error_buffer)(void);
	void (*error_clear)(void);
} vips;

static const struct {
	const char *name;
	void *slot;
} symbols[] = {
	{"vips_init", &vips.init},
	{"vips_concurrency_set", &vips.concurrency_set},
	{"vips_cache_set_max", &vips.cache_set_max},
	{"vips_jpegload_buffer", &vips.jpeg},
	{"vips_pngload_buffer", &vips.png},
	{"vips_webpload_buffer", &vips.webp},
	{"vips_tiffload_buffer", &vips.tiff},
	{"vips_image_new_from_memory", &vips.from_memory},
	{"vips_jpegsave_buffer", &vips.save_jpeg},
	{"vips_image_get_width", &vips.get_width},
	{"vips_image_get_height", &vips.get_height},
	{"vips_image_get_bands", &vips.get_bands},
	{"vips_image_get_format", &vips.get_format},
	{"vips_image_get_interpretation", &vips.get_interpretation},
	{"vips_region_new", &vips.region_new},
	{"vips_region_fetch", &vips.region_fetch},
	{"g_object_unref", &vips.unref},
	{"g_free", &vips.free},
	{"vips_error_buffer", &vips.error_buffer},
	{"vips_error_clear", &vips.error_clear},
};

const char *sl_vips_load(const char *path) {
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return dlerror();
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
		void *symbol = dlsym(library, symbols[i].name);
		if (!symbol)
			return symbols[i].name;
		memcpy(symbols[i].slot, &symbol, sizeof symbol);
	}
	// Warnings about odd files would go to standard error; what matters comes
	// back as an error.
	setenv("VIPS_WARNING", "0", 0);
	if (vips.init("sightline"))
		return vips.error_buffer();
	vips.concurrency_set(1);
	vips.cache_set_max(0);
	return NULL;
}

// Values of VipsAccess and VipsFailOn.
enum { SEQUENTIAL = 1, FAIL_ON_TRUNCATED = 1, FAIL_ON_ERROR = 2 };

int sl_open(int kind, const void *data, size_t length, sl_image *p) {
	const load_buffer loaders[] = {vips.jpeg, vips.png, vips.webp, vips.tiff};
	VipsImage *image = NULL;
	memset(p, 0, sizeof *p);
	if (loaders[kind](data, length, &image, "access", SEQUENTIAL, "fail_on",
			kind == SL_TIFF ? FAIL_ON_ERROR : FAIL_ON_TRUNCATED, (void *) NULL))
		return -1;
	p->image = image;
	p->width = vips.get_width(image);
	p->height = vips.get_height(image);
	p->bands = vips.get_bands(image);
	p->format = vips.get_format(image);
	p->interpretation = vips.get_interpretation(image);
	p->region = vips.region_new(image);
	if (!p->region)
		sl_close(p);
	return p->region ? 0 : -1;
}

int sl_rows(sl_image *p, int top, int count, void *out, size_t length) {
	size_t size = 0;
	unsigned char *rows = vips.region_fetch(p->region, 0, top, p->width, count, &size);
	if (!rows)
		return -1;
	if (size == length)
		memcpy(out, rows, length);
	vips.free(rows);
	return size == length ? 0 : -1;
}

void sl_close(sl_image *p) {
	if (p->region)
		vips.unref(p->region);
	if (p->image)
		vips.unref(p->image);
	memset(p, 0, sizeof *p);
}

int sl_save_jpeg(const void *rgb, int width, int height, int quality, void **out, size_t *length) {
	enum { UCHAR, BANDS = 3 };
	VipsImage *image = vips.from_memory(rgb, (size_t) BANDS * width * height, width, height, BANDS, UCHAR);
	if (!image)
		return -1;
	int failed = vips.save_jpeg(image, out, length, "Q", quality, (void *) NULL);
	vips.unref(image);
	return failed;
}

void sl_free(void *saved) { vips.free(saved); }

void sl_error(char *out, size_t length) {
	strncpy(out, vips.error_buffer(), length - 1);
	out[length - 1] = 0;
	vips.error_clear();
}
