/* The embeddings of tokens, added up: spamguard.model.reader.Reader.embed. */
#include "native.h"

#define GRAM_SIZES 4
/* Rows of n-grams whose sums are kept: more than a token owns. */
#define KEPT 128
/* Rows looked up ahead of their use: the table is larger than the processor's cache. */
#define AHEAD 16
#define MAX_WIDTH 64

#if defined(__GNUC__)
#define INLINED static inline __attribute__((always_inline))
#define FETCH(address) __builtin_prefetch(address)
#else
#define INLINED static inline
#define FETCH(address) ((void)(address))
#endif

typedef struct {
    const int8_t *table;
    int64_t n_rows;
    int shift;                     /* from a bucket to its row */
    const int64_t *words, *grams;  /* one word a token, GRAM_SIZES n-grams a row */
    int64_t n_grams;
    const int64_t *first, *last;   /* rows of n-grams of each token, ascending */
    const double *value, *scale;
    Py_ssize_t n_tokens;
} Wanted;

/* Whether everything that is looked up lies within the tables. */
static int is_sound(const Wanted *w) {
    int64_t before = 0;
    for (Py_ssize_t t = 0; t < w->n_tokens; t++) {
        int64_t first = w->first[t], last = w->last[t];
        if (first < before || last < first || last > w->n_grams || last - first > KEPT) return 0;
        if (w->words[t] < 0 || w->words[t] >> w->shift >= w->n_rows) return 0;
        before = first;
    }
    for (int64_t i = 0; i < w->n_grams * GRAM_SIZES; i++)
        if (w->grams[i] < 0 || w->grams[i] >> w->shift >= w->n_rows) return 0;
    return 1;
}

INLINED const int8_t *row_of(const Wanted *w, int64_t bucket, int width) { return w->table + (bucket >> w->shift) * width; }

/* Adds up the n-grams of one row, and sends for those of a later one. */
INLINED void add_row(const Wanted *w, int64_t row, int width, int16_t *sums) {
    if (row + AHEAD < w->n_grams)
        for (int k = 0; k < GRAM_SIZES; k++) FETCH(row_of(w, w->grams[(row + AHEAD) * GRAM_SIZES + k], width));
    const int64_t *found = w->grams + row * GRAM_SIZES;
    const int8_t *a = row_of(w, found[0], width), *b = row_of(w, found[1], width);
    const int8_t *c = row_of(w, found[2], width), *d = row_of(w, found[3], width);
    for (int i = 0; i < width; i++) sums[i] = (int16_t)(a[i] + b[i] + c[i] + d[i]);
}

/* Neighbours share n-grams: each row is added up once, and kept until the last token that owns it. */
INLINED void add_tokens(const Wanted *w, int width, float *out) {
    int16_t kept[KEPT][MAX_WIDTH];
    int64_t done = 0;
    for (Py_ssize_t t = 0; t < w->n_tokens; t++, out += width) {
        int32_t total[MAX_WIDTH] = {0};
        if (t + AHEAD < w->n_tokens) FETCH(row_of(w, w->words[t + AHEAD], width));
        if (done < w->first[t]) done = w->first[t];
        for (; done < w->last[t]; done++) add_row(w, done, width, kept[done % KEPT]);
        for (int64_t row = w->first[t]; row < w->last[t]; row++)
            for (int i = 0; i < width; i++) total[i] += kept[row % KEPT][i];
        const int8_t *word = row_of(w, w->words[t], width);
        for (int i = 0; i < width; i++) out[i] = (float)(((double)total[i] * w->value[t] + word[i]) * w->scale[i]);
    }
}

PyObject *embed(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer in[7], out;
    int shift, sound;
    if (!PyArg_ParseTuple(arguments, "y*iy*y*y*y*y*y*w*", &in[0], &shift, &in[1], &in[2], &in[3], &in[4], &in[5], &in[6], &out))
        return NULL;
    Py_ssize_t width = items(&in[6], 8), n = items(&in[1], 8);
    Wanted w = {in[0].buf, width ? in[0].len / width : 0, shift, in[1].buf, in[2].buf, items(&in[2], 8) / GRAM_SIZES,
                in[3].buf, in[4].buf, in[5].buf, in[6].buf, n};
    sound = width > 0 && width <= MAX_WIDTH && shift >= 0 && shift <= HASH_BITS && items(&in[3], 8) == n && items(&in[4], 8) == n &&
            items(&in[5], 8) == n && out.len == n * width * 4;
    Py_BEGIN_ALLOW_THREADS
    sound = sound && is_sound(&w);
    if (sound && width == 32) add_tokens(&w, 32, out.buf);
    else if (sound) add_tokens(&w, (int)width, out.buf);
    Py_END_ALLOW_THREADS
    for (int i = 0; i < 7; i++) PyBuffer_Release(&in[i]);
    PyBuffer_Release(&out);
    if (!sound) return PyErr_Format(PyExc_ValueError, "n-grams or tokens lie outside of the tables");
    Py_RETURN_NONE;
}
