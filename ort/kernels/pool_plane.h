// One plane of a PoolGradient, for blocks of WIDTH values, as the function NAME. It
// is included once per width: a block is then one vector of the compiler's, which it
// maps to whatever the processor has.
#define JOIN2(a, b) a##_##b
#define JOIN(a, b) JOIN2(a, b)
#define VALUES JOIN(NAME, values)
#define PLACES JOIN(NAME, places)

typedef float VALUES __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
typedef int32_t PLACES __attribute__((vector_size(4 * WIDTH)));

INLINED void NAME(const pool *p, const float *x, const float *g, float *to, images in, images out) {
  int64_t row = in.columns * WIDTH;
  for (int64_t i = 0; i < out.rows; i++) {
    taps rows = taps_of(p, 0, i, in.rows);
    for (int64_t j = 0; j < out.columns; j++, g += WIDTH) {
      taps columns = taps_of(p, 1, j, in.columns);
      if (rows.count < 1 || columns.count < 1) continue;
      int64_t first = rows.first * row + columns.first * WIDTH, down = rows.step * row, right = columns.step * WIDTH;
      VALUES best = *(const VALUES *)(x + first), add = *(const VALUES *)g;
      PLACES place = {0};
      int32_t tap = 0;
      for (int64_t k = 0; k < rows.count; k++)
        for (int64_t l = 0; l < columns.count; l++, tap++) {
          VALUES v = *(const VALUES *)(x + first + k * down + l * right);
          PLACES more = v > best; // all ones where it is
          best = (VALUES)(((PLACES)v & more) | ((PLACES)best & ~more));
          place = (tap & more) | (place & ~more);
        }
      tap = 0;
      for (int64_t k = 0; k < rows.count; k++)
        for (int64_t l = 0; l < columns.count; l++, tap++) *(VALUES *)(to + first + k * down + l * right) += (VALUES)((PLACES)add & (place == tap));
    }
  }
}

#undef VALUES
#undef PLACES
#undef JOIN
#undef JOIN2
#undef NAME
#undef WIDTH
