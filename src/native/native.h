/* What the parts of the compiled road share: constants of the Python sources, and small inlined steps.
 *
 * Everything here says the same as the NumPy code that it stands in for, to the last bit where sums allow;
 * tests/features/test_compiled_road.py and tests/model/test_compiled_layers.py hold the two equal; layers.c
 * alone fuses multiplications, and agrees to about 1e-4. Build with -ffp-contract=off. */
#ifndef SPAMGUARD_NATIVE_H
#define SPAMGUARD_NATIVE_H

#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Buffers are never parsed within parentheses: PyArg_ParseTuple makes room to release top-level ones alone. */

/* spamguard.text.classes.CharClass; tests compare the numbers. */
enum {
    IGNORED = 0, SPACE = 1, BREAK = 2, LATIN = 3, CYRILLIC = 4, GREEK = 5, OTHER_LETTER = 10,
    HAN = 11, KATAKANA = 13, THAI = 14, MARK = 15, DIGIT = 16, STOP = 17, DASH = 23, UNDERSCORE = 24,
    PIPE = 25, SLASH = 26, BULLET = 28, EMOJI = 30, SYMBOL = 31, AT = 32, CONTROL = 33, N_CLASSES = 34
};

#define MAX_TOKEN_CHARS 64
#define HASH_BITS 20
#define BASE 0x100000001B3ULL
#define MIX 0x9E3779B97F4A7C15ULL
#define SALT 0x2545F4914F6CDD1DULL
/* A gram is at most six characters of the skeleton; past its line's end stands this. */
#define GRAM_REACH 6
#define NO_CHAR 7

static inline uint64_t bucket(uint64_t value, uint64_t salted, int bits) {
    uint64_t mixed = (value ^ salted) * MIX;
    mixed ^= mixed >> 29;
    return (mixed * MIX) >> (64 - bits);
}

static inline int is_alphabetic(uint8_t char_class) { return char_class >= LATIN && char_class <= OTHER_LETTER; }
static inline int is_solo(uint8_t char_class) { return char_class >= HAN && char_class <= THAI; }

/* Length of a buffer in whole items. */
static inline Py_ssize_t items(const Py_buffer *view, size_t size) { return view->len / (Py_ssize_t)size; }

void fill_groups(void);
void fill_logs(void);
PyObject *cut(PyObject *module, PyObject *arguments);
PyObject *score(PyObject *module, PyObject *arguments);
PyObject *hashes(PyObject *module, PyObject *arguments);
PyObject *context(PyObject *module, PyObject *arguments);
PyObject *embed(PyObject *module, PyObject *arguments);
PyObject *decode(PyObject *module, PyObject *arguments);
PyObject *read_layers(PyObject *module, PyObject *arguments);
PyObject *can_read_layers(PyObject *module, PyObject *nothing);

#endif
