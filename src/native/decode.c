/* The best lawful sequence of tags over stretches of tokens: spamguard.model.decoding.best_tags. */
#include <math.h>

#include "native.h"

enum { OUTSIDE, BEGIN, INSIDE, END, SINGLE, N_TAGS };
#define IMPOSSIBLE (-HUGE_VAL)

typedef struct {
    double value;
    uint8_t tag;
} Way;

/* The better of two ways; of equal ones that with the higher tag, as Python compares pairs. */
static inline Way better(Way a, Way b) { return b.value > a.value || (b.value == a.value && b.tag > a.tag) ? b : a; }

/* Writes the tags of one stretch; `chosen` has room for two tags a token. */
static void decode_stretch(const float *rows, Py_ssize_t n, double prior, uint8_t *chosen, uint8_t *tags) {
    double free_of = 0, within = IMPOSSIBLE;
    for (Py_ssize_t i = 0; i < n; i++, rows += N_TAGS) {
        Way outside = {free_of + rows[OUTSIDE], OUTSIDE}, single = {free_of + rows[SINGLE] + prior, SINGLE};
        Way end = {within + rows[END], END}, begin = {free_of + rows[BEGIN] + prior, BEGIN}, inside = {within + rows[INSIDE], INSIDE};
        Way best_free = better(better(outside, single), end), best_within = better(begin, inside);
        chosen[2 * i] = best_free.tag, chosen[2 * i + 1] = best_within.tag;
        free_of = best_free.value, within = best_within.value;
    }
    int state = 0;
    for (Py_ssize_t i = n - 1; i >= 0; i--) {
        tags[i] = chosen[2 * i + state];
        state = tags[i] == END || tags[i] == INSIDE;
    }
}

/* Length of the longest stretch; -1 where one does not lie within the tokens. */
static int64_t longest(const int64_t *first, const int64_t *last, Py_ssize_t n_stretches, int64_t n) {
    int64_t found = 0;
    for (Py_ssize_t r = 0; r < n_stretches; r++) {
        if (first[r] < 0 || last[r] < first[r] || last[r] > n) return -1;
        if (last[r] - first[r] > found) found = last[r] - first[r];
    }
    return found;
}

PyObject *decode(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer in[3], out;
    double prior;
    if (!PyArg_ParseTuple(arguments, "y*y*y*dw*", &in[0], &in[1], &in[2], &prior, &out)) return NULL;
    const int64_t *first = in[1].buf, *last = in[2].buf;
    Py_ssize_t n = out.len, n_stretches = items(&in[1], 8);
    int64_t most = -1;
    if (items(&in[0], 4) == n * N_TAGS && in[1].len == in[2].len) most = longest(first, last, n_stretches, n);
    uint8_t *chosen = most < 0 ? NULL : malloc((size_t)(2 * most + 1));
    if (chosen) {
        const float *rows = in[0].buf;
        uint8_t *tags = out.buf;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t r = 0; r < n_stretches; r++)
            decode_stretch(rows + first[r] * N_TAGS, last[r] - first[r], prior, chosen, tags + first[r]);
        Py_END_ALLOW_THREADS
        free(chosen);
    }
    for (int i = 0; i < 3; i++) PyBuffer_Release(&in[i]);
    PyBuffer_Release(&out);
    if (most < 0) return PyErr_Format(PyExc_ValueError, "stretches lie outside of the tokens");
    return chosen ? Py_NewRef(Py_None) : PyErr_NoMemory();
}
