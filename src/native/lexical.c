/* The lexical score of every token of a batch, in one pass: spamguard.features.lexical. */
#include "lexical.h"
#include <math.h>

/* A token sees the n-grams that start up to this many letters before it. */
#define BACK 2

/* Weights are stored, and looked up, in half precision: half the memory to miss the cache in. */
static inline float weight(uint16_t stored) {
    union { uint32_t bits; float value; } found;
    found.bits = (uint32_t)(stored & 0x7fff) << 13;
    found.value *= 0x1p112f;
    found.bits |= (uint32_t)(stored & 0x8000) << 16;
    return found.value;
}

/* Places hashed before their weights are looked up: apart, more of the lookups are under way at once. */
#define STRETCH 256

typedef struct {
    uint32_t *code;   /* skeleton of one line, and padding behind */
    uint32_t *grams;  /* buckets of a stretch of it, four a place */
    uint8_t *solo;
    double *sums;     /* running sums of the n-grams' weights over the batch, a zero in front */
    uint64_t *hash;   /* hashes of one line's tokens, with two entries before and behind */
    int64_t *own, *stop; /* skeleton rows of each token of the line, from the line's first */
} Workspace;

static void discard(Workspace *w) {
    free(w->code); free(w->grams); free(w->solo); free(w->sums); free(w->hash); free(w->own); free(w->stop);
}

static int reserve(Workspace *w, Py_ssize_t n_chars, Py_ssize_t n_tokens) {
    size_t chars = (size_t)n_chars + GRAM_REACH, tokens = (size_t)n_tokens + 4;
    w->code = malloc(chars * 4); w->grams = malloc(STRETCH * 4 * 4); w->solo = malloc(chars); w->sums = malloc((chars + 1) * 8);
    w->hash = malloc(tokens * 8); w->own = malloc(tokens * 8); w->stop = malloc(tokens * 8);
    if (w->code && w->grams && w->solo && w->sums && w->hash && w->own && w->stop) return 1;
    discard(w);
    return 0;
}

/* Lays out a line's skeleton and where each token's part of it lies; returns its length. */
static Py_ssize_t lay_out(const Batch *text, Py_ssize_t first, Py_ssize_t last, Workspace *w) {
    Py_ssize_t n = 0;
    for (Py_ssize_t t = first; t < last; t++) {
        w->own[t - first] = n;
        w->hash[t - first + 2] = token_hash(text, t);
        for (int64_t i = text->start[t]; i < text->end[t]; i++)
            if (in_skeleton(text, i)) {
                w->solo[n] = (uint8_t)is_solo(text->char_class[i]);
                w->code[n++] = skeleton_code(text, i);
            }
        w->stop[t - first] = n;
    }
    for (int i = 0; i < GRAM_REACH; i++) w->code[n + i] = NO_CHAR;
    w->hash[0] = w->hash[1] = 0;
    w->hash[last - first + 2] = w->hash[last - first + 3] = 1;
    return n;
}

/* Running sums of what the n-grams of a line weigh; `sums` starts with the sum before the line. */
static void add_up(const Workspace *w, Py_ssize_t n, const uint16_t *weights, double *sums) {
    for (Py_ssize_t first = 0; first < n; first += STRETCH) {
        Py_ssize_t length = n - first < STRETCH ? n - first : STRETCH;
        for (Py_ssize_t i = 0; i < length; i++) gram_buckets(w->code + first + i, w->solo[first + i], w->grams + 4 * i);
        for (Py_ssize_t i = 0; i < length; i++) {
            const uint32_t *found = w->grams + 4 * i;
            double low = (double)weight(weights[found[0]]) + weight(weights[found[1]]);
            double high = (double)weight(weights[found[2]]) + weight(weights[found[3]]);
            sums[first + i + 1] = sums[first + i] + (low + high);
        }
    }
}

static float line_score(const Workspace *w, Py_ssize_t t, const uint16_t *weights, double bias, int64_t row, int64_t doc_row) {
    uint32_t found[7];
    word_buckets(w->hash + t + 2, found);
    float words = weight(weights[found[0]]);
    for (int i = 1; i < 7; i++) words += weight(weights[found[i]]);
    int64_t first = row + w->own[t] - BACK, last = row + w->stop[t];
    if (first < doc_row) first = doc_row;
    int64_t count = (last - first) * 4;
    double grams = w->sums[last] - w->sums[first];
    return (float)((double)words + grams * (2.0 / sqrt((double)(count > 1 ? count : 1))) + bias);
}

/* Scores the tokens of one document; returns how many rows of n-grams the batch has behind it. */
static int64_t score_document(const Batch *text, Py_ssize_t first, Py_ssize_t last, const uint16_t *weights, double bias,
                              int64_t row, Workspace *w, float *scores, uint64_t *hashes) {
    int64_t doc_row = row;
    for (Py_ssize_t line = first, end; line < last; line = end) {
        for (end = line + 1; end < last && text->line[end] == text->line[line];) end++;
        Py_ssize_t n = lay_out(text, line, end, w);
        add_up(w, n, weights, w->sums + row);
        for (Py_ssize_t t = line; t < end; t++) {
            hashes[t] = w->hash[t - line + 2];
            scores[t] = line_score(w, t - line, weights, bias, row, doc_row);
        }
        row += n;
    }
    return row;
}

PyObject *score(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer in[8], out[2];
    double bias;
    Py_ssize_t n_chars;
    if (!PyArg_ParseTuple(arguments, "y*y*ny*y*y*y*y*y*dw*w*", &in[0], &in[1], &n_chars, &in[2], &in[3], &in[4], &in[5],
                          &in[6], &in[7], &bias, &out[0], &out[1]))
        return NULL;
    Batch text = {in[0].buf, in[1].buf, n_chars, in[2].buf, in[3].buf, in[4].buf, items(&in[2], 8)};
    const int64_t *doc_first = in[5].buf, *doc_last = in[6].buf;
    Workspace w;
    int reserved = reserve(&w, n_chars, text.n_tokens);
    if (reserved) {
        Py_BEGIN_ALLOW_THREADS
        int64_t row = 0;
        w.sums[0] = 0;
        for (Py_ssize_t d = 0; d < items(&in[5], 8); d++)
            row = score_document(&text, doc_first[d], doc_last[d], in[7].buf, bias, row, &w, out[0].buf, out[1].buf);
        discard(&w);
        Py_END_ALLOW_THREADS
    }
    for (int i = 0; i < 8; i++) PyBuffer_Release(&in[i]);
    for (int i = 0; i < 2; i++) PyBuffer_Release(&out[i]);
    if (!reserved) return PyErr_NoMemory();
    Py_RETURN_NONE;
}

typedef struct {
    int64_t *words, *grams, *gram_start, *gram_end, *own;
} Hashes;

static void write_grams(const uint32_t *codes, int solo, int64_t *grams, int64_t row) {
    uint32_t found[4];
    gram_buckets(codes, solo, found);
    for (int i = 0; i < 4; i++) grams[row * 4 + i] = found[i];
}

/* Writes the n-grams of the last letters before a line, as far as its document goes; returns the next row. */
static int64_t letters_before(const Batch *text, int64_t first, int64_t doc_first, int64_t *grams, int64_t row) {
    int64_t found[BACK], lines[BACK];
    int n = 0;
    for (int64_t t = first - 1; t >= doc_first && n < BACK; t--)
        for (int64_t i = text->end[t] - 1; i >= text->start[t] && n < BACK; i--)
            if (in_skeleton(text, i)) {
                lines[n] = text->line[t];
                found[n++] = i;
            }
    for (int k = n - 1; k >= 0; k--, row++) {
        uint32_t codes[GRAM_REACH] = {NO_CHAR, NO_CHAR, NO_CHAR, NO_CHAR, NO_CHAR, NO_CHAR};
        for (int at = k; at >= 0 && lines[at] == lines[k]; at--) codes[k - at] = skeleton_code(text, found[at]);
        write_grams(codes, is_solo(text->char_class[found[k]]), grams, row);
    }
    return row;
}

/* Writes the hashes of whole lines of tokens; returns how many rows of n-grams there are. */
static int64_t write_hashes(const Batch *text, const int64_t *doc, const int64_t *doc_first, const int64_t *rows, Py_ssize_t n_rows, Workspace *w, Hashes out) {
    int64_t row = 0;
    for (Py_ssize_t r = 0, end; r < n_rows; r = end) {
        int64_t first = rows[r];
        for (end = r + 1; end < n_rows && text->line[rows[end]] == text->line[first];) end++;
        int64_t before = row, at = letters_before(text, first, doc_first[doc[first]], out.grams, row);
        Py_ssize_t n = lay_out(text, first, first + (end - r), w);
        for (Py_ssize_t i = 0; i < n; i++) write_grams(w->code + i, w->solo[i], out.grams, at + i);
        for (Py_ssize_t t = 0; t < end - r; t++) {
            uint32_t found[7];
            word_buckets(w->hash + t + 2, found);
            for (int i = 0; i < 7; i++) out.words[(r + t) * 7 + i] = found[i];
            int64_t start = at + w->own[t] - BACK;
            out.own[r + t] = at + w->own[t];
            out.gram_start[r + t] = start < before ? before : start;
            out.gram_end[r + t] = at + w->stop[t];
        }
        row = at + n;
    }
    return row;
}

PyObject *hashes(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer in[8], out[5];
    Py_ssize_t n_chars;
    if (!PyArg_ParseTuple(arguments, "ny*y*y*y*y*y*y*y*w*w*w*w*w*", &n_chars, &in[0], &in[1], &in[2], &in[3], &in[4], &in[5], &in[6],
                          &in[7], &out[0], &out[1], &out[2], &out[3], &out[4]))
        return NULL;
    Batch text = {in[0].buf, in[1].buf, n_chars, in[2].buf, in[3].buf, in[4].buf, items(&in[2], 8)};
    Hashes found = {out[0].buf, out[1].buf, out[2].buf, out[3].buf, out[4].buf};
    Workspace w;
    int64_t n_grams = -1;
    if (reserve(&w, n_chars, text.n_tokens)) {
        Py_BEGIN_ALLOW_THREADS
        n_grams = write_hashes(&text, in[5].buf, in[6].buf, in[7].buf, items(&in[7], 8), &w, found);
        discard(&w);
        Py_END_ALLOW_THREADS
    }
    for (int i = 0; i < 8; i++) PyBuffer_Release(&in[i]);
    for (int i = 0; i < 5; i++) PyBuffer_Release(&out[i]);
    return n_grams < 0 ? PyErr_NoMemory() : PyLong_FromLongLong(n_grams);
}
