// A narrow door to libvips, opened with dlopen so that nothing is linked: see
// vips.go for what each call means.
#ifndef SIGHTLINE_VIPS_SHIM_H
#define SIGHTLINE_VIPS_SHIM_H

#include <stddef.h>

enum { SL_JPEG, SL_PNG, SL_WEBP, SL_TIFF };

typedef struct {
	void *image;
	void *region;
	int width, height, bands, format, interpretation;
} sl_image;

// sl_vips_load opens the shared library at path and starts it with one thread
// and no cache. It returns NULL, or a message that stays valid.
const char *sl_vips_load(const char *path);

// sl_open reads the header of data; the pixels are read by sl_rows from top to
// bottom. data must stay where it is until sl_close.
int sl_open(int kind, const void *data, size_t length, sl_image *p);

// sl_rows copies rows [top, top+count) to out, which holds length bytes.
int sl_rows(sl_image *p, int top, int count, void *out, size_t length);

void sl_close(sl_image *p);

// sl_save_jpeg makes a JPEG file of RGB pixels. *out goes back with sl_free.
int sl_save_jpeg(const void *rgb, int width, int height, int quality, void **out, size_t *length);

void sl_free(void *saved);

// sl_error moves the library's messages into out (truncated to length-1).
void sl_error(char *out, size_t length);

#endif
