/* Code points to folded characters to tokens, in one pass: spamguard.text.encoding and .tokens. */
#include "native.h"

enum { SOLO = 255, WORD = 1, WHITE = 2, LINE_BREAK = 3, KANA_RUN = 4, CONTROL_RUN = 5 };

/* Group of each class for tokenising, whether equal signs of it run together, and which letters make words. */
static uint8_t group_of[256], runs[256], script_of[256];

void fill_groups(void) {
    memset(group_of, SOLO, sizeof group_of);
    for (int c = LATIN; c <= OTHER_LETTER; c++) group_of[c] = WORD;
    group_of[MARK] = group_of[DIGIT] = WORD;
    group_of[KATAKANA] = KANA_RUN;
    group_of[SPACE] = WHITE;
    group_of[BREAK] = LINE_BREAK;
    group_of[CONTROL] = CONTROL_RUN;
    const uint8_t running[] = {STOP, DASH, UNDERSCORE, BULLET, EMOJI, SYMBOL, PIPE, SLASH};
    for (size_t i = 0; i < sizeof running; i++) runs[running[i]] = 1;
    for (int c = LATIN; c <= OTHER_LETTER; c++) script_of[c] = c <= GREEK ? 1 : (uint8_t)(c - GREEK + 1);
}

typedef struct {
    uint32_t *code;
    uint8_t *char_class;
    int64_t *raw;
    uint8_t *styled, *upper;
} Folded;

typedef struct {
    int64_t *start, *end, *line;
    uint8_t *token_class, *space_before;
} Tokens;

/* Folds all code points, drops the ignorable ones, and returns how many are left. */
static Py_ssize_t fold_all(const uint32_t *raw, Py_ssize_t n, const uint32_t *fold, const uint8_t *classes, Folded out) {
    Py_ssize_t kept = 0;
    int ignored_before = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        uint32_t point = raw[i], folded = fold[point];
        uint8_t kind = classes[folded];
        if (kind == IGNORED) {
            ignored_before = 1;
            continue;
        }
        int upper = 0, styled = ignored_before;
        if (folded != point) {
            upper = point < folded && kind <= OTHER_LETTER && folded - point <= 80;
            styled |= !upper && ((point >= 0x2000 && point < 0x3400) || point >= 0xF900);
        }
        /* An apostrophe between letters, side by side in the raw text, belongs to their word. */
        if ((folded == '\'' || folded == 0x2019) && i > 0 && i + 1 < n &&
            is_alphabetic(classes[fold[raw[i - 1]]]) && is_alphabetic(classes[fold[raw[i + 1]]])) {
            folded = '\'';
            kind = MARK;
        }
        out.code[kept] = folded;
        out.char_class[kept] = kind;
        out.raw[kept] = i;
        out.styled[kept] = (uint8_t)styled;
        out.upper[kept] = (uint8_t)upper;
        ignored_before = 0;
        kept++;
    }
    return kept;
}

/* Turns look-alikes into Latin letters in a word that mixes Latin with Cyrillic or Greek. */
static void unmask(Folded text, Py_ssize_t start, Py_ssize_t end, const uint32_t *twin) {
    int latin = 0, foreign = 0;
    for (Py_ssize_t i = start; i < end; i++) {
        latin |= text.char_class[i] == LATIN;
        foreign |= text.char_class[i] == CYRILLIC || text.char_class[i] == GREEK;
    }
    if (!latin || !foreign) return;
    for (Py_ssize_t i = start; i < end; i++)
        if (text.char_class[i] == CYRILLIC || text.char_class[i] == GREEK) {
            text.code[i] = twin[text.code[i]];
            text.styled[i] = 1;
        }
}

/* Class of a token: its first letter's where it starts with a digit or a mark and has one. */
static uint8_t class_of(const uint8_t *char_class, Py_ssize_t start, Py_ssize_t end) {
    uint8_t first = char_class[start];
    if (first != DIGIT && first != MARK) return first;
    for (Py_ssize_t i = start + 1; i < end; i++)
        if (char_class[i] >= LATIN && char_class[i] <= THAI) return char_class[i];
    return first;
}

static int joins(Folded text, Py_ssize_t i) {
    uint8_t kind = text.char_class[i], group = group_of[kind], before = group_of[text.char_class[i - 1]];
    if (group == before && group != SOLO) return 1;
    if (runs[kind] && text.code[i] == text.code[i - 1]) return 1;
    return kind == MARK && before != WHITE && before != LINE_BREAK;
}

static int is_small(Folded text, Py_ssize_t i) {
    return !text.upper[i] && (script_of[text.char_class[i]] || text.char_class[i] == DIGIT);
}

/* Whether the run that starts here mixes Latin with Cyrillic or Greek: a foreign capital there may be a look-alike. */
static int mixes(Folded text, Py_ssize_t start, Py_ssize_t n) {
    int latin = 0, foreign = 0;
    for (Py_ssize_t i = start; i == start || (i < n && joins(text, i)); i++) {
        latin |= text.char_class[i] == LATIN;
        foreign |= text.char_class[i] == CYRILLIC || text.char_class[i] == GREEK;
    }
    return latin && foreign;
}

/* Whether a word starts without a space: in another script than the run's last letter, or with a capital. */
static int glued(Folded text, Py_ssize_t n, Py_ssize_t run, int run_mixes, uint8_t seen,
                 Py_ssize_t i) {
    uint8_t script = script_of[text.char_class[i]];
    if (script && seen && script != seen) return 1;
    if (run_mixes && i + 1 < n && (text.char_class[i] != LATIN || text.char_class[i + 1] != LATIN)) return 0;
    return text.upper[i] && i - 2 >= run && i + 1 < n && is_small(text, i - 1) && is_small(text, i - 2) &&
           is_small(text, i + 1) && joins(text, i + 1);
}

static Py_ssize_t cut_all(Folded text, Py_ssize_t n, const uint32_t *twin, Tokens out) {
    Py_ssize_t count = 0;
    int64_t line = 0;
    int after_space = 0;
    Py_ssize_t run = 0;
    uint8_t seen = 0;
    int run_mixes = 0;
    for (Py_ssize_t start = 0, end; start < n; start = end) {
        if (start == 0 || !joins(text, start)) {
            run = start;
            seen = 0;
            run_mixes = mixes(text, start, n);
        }
        for (end = start; end == start || (end < n && end - start < MAX_TOKEN_CHARS && joins(text, end) &&
                                           !glued(text, n, run, run_mixes, seen, end)); end++)
            if (script_of[text.char_class[end]]) seen = script_of[text.char_class[end]];
        uint8_t first = text.char_class[start];
        if (first == BREAK) line++;
        if (first == SPACE || first == BREAK) {
            after_space = first == SPACE;
            continue;
        }
        if (end - start > 1) unmask(text, start, end, twin);
        out.start[count] = start;
        out.end[count] = end;
        out.line[count] = line;
        out.token_class[count] = class_of(text.char_class, start, end);
        out.space_before[count] = (uint8_t)after_space;
        after_space = 0;
        count++;
    }
    return count;
}

PyObject *cut(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer in[4], out[10];
    if (!PyArg_ParseTuple(arguments, "y*y*y*y*w*w*w*w*w*w*w*w*w*w*", &in[0], &in[1], &in[2], &in[3], &out[0], &out[1],
                          &out[2], &out[3], &out[4], &out[5], &out[6], &out[7], &out[8], &out[9]))
        return NULL;
    Py_ssize_t n = items(&in[0], 4), kept = 0, count = 0;
    Folded text = {out[0].buf, out[1].buf, out[2].buf, out[3].buf, out[4].buf};
    Tokens tokens = {out[5].buf, out[6].buf, out[7].buf, out[8].buf, out[9].buf};
    Py_BEGIN_ALLOW_THREADS
    kept = fold_all(in[0].buf, n, in[1].buf, in[2].buf, text);
    count = cut_all(text, kept, in[3].buf, tokens);
    Py_END_ALLOW_THREADS
    for (int i = 0; i < 4; i++) PyBuffer_Release(&in[i]);
    for (int i = 0; i < 10; i++) PyBuffer_Release(&out[i]);
    return Py_BuildValue("nn", kept, count);
}
