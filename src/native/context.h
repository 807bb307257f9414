/* Dense features of tokens in their places: what the parts of the compiled road share. */
#ifndef SPAMGUARD_CONTEXT_H
#define SPAMGUARD_CONTEXT_H
#include "lexical.h"

#define MAX_SCORE 12.0f
#define MAX_LANGUAGES 64
#define N_SCRIPTS 12
#define N_KINDS 21
#define GRAM_BITS 14
#define PAIR_BITS 22
#define N_COLUMNS 200
#define TWIST 0x9E6C63D0876A9F4BULL

/* Kinds of token, as spamguard.features.place numbers them. */
enum {
    KIND_OTHER = 0, KIND_LATIN = 1, KIND_OTHER_LETTER = 8, KIND_HAN = 9, KIND_KANA = 10, KIND_THAI = 11, KIND_DIGIT = 12,
    KIND_STOP = 13, KIND_COMMA = 14, KIND_OPEN = 15, KIND_CLOSE = 16, KIND_QUOTE = 17, KIND_RULE = 18, KIND_ANGLE = 19,
    KIND_SIGN = 20
};
extern const uint8_t kind_of[N_CLASSES];

/* A whole batch, as it came from the first look. */
typedef struct {
    Batch text;
    const uint8_t *styled, *upper, *token_class, *space_before;
    const float *score;
    const uint64_t *hash;
    const int64_t *doc_first, *doc_last;
} Seen;

/* Statistics of clean news; n-gram costs lie side by side for all languages. */
typedef struct {
    const uint8_t *short_grams, *long_grams, *pairs;
    int n_languages;
    const double *steps;
    Py_ssize_t n_steps;
} Languages;

/* What a document says about its lines: see spamguard.features.document.DocumentFacts. */
typedef struct {
    int64_t first, last;
    int language;
    double scripts[N_SCRIPTS];
    float mean_score;
    int64_t n_lines;
    int64_t *line_of;          /* number of each token's line in the document */
    int64_t *line_start;       /* first token of each line, and the document's end, counted from `first` */
    float *line_best;
    float highest, second;
    int n_highest;
    float *repeated[2];
    uint64_t *slots;           /* scratch of the count of runs */
    int64_t *counts;
    uint32_t *codes;           /* scratch: the skeleton with its lines' ends, for the language */
    uint8_t *solo;
    int64_t *row_end;
} Facts;

int reserve_facts(Facts *facts, Py_ssize_t n_tokens, Py_ssize_t n_chars);
void discard_facts(Facts *facts);
void gather_facts(const Seen *seen, const Languages *languages, int64_t first, int64_t last, Facts *facts);
static inline float clipped(float value) { return value > MAX_SCORE ? MAX_SCORE : value < -MAX_SCORE ? -MAX_SCORE : value; }

#endif
