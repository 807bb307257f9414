/* Skeletons and hashes of a batch, as spamguard.features.lexical makes them. */
#ifndef SPAMGUARD_LEXICAL_H
#define SPAMGUARD_LEXICAL_H
#include "native.h"

typedef struct {
    const uint32_t *code;
    const uint8_t *char_class;
    Py_ssize_t n_chars;
    const int64_t *start, *end, *line;
    Py_ssize_t n_tokens;
} Batch;

static inline int in_skeleton(const Batch *text, Py_ssize_t i) {
    uint8_t kind = text->char_class[i];
    return (kind >= LATIN && kind <= DIGIT) || kind == AT || text->code[i] == '$';
}

/* Letters that digits and signs stand for inside a word: c4sino, v1agra, ca$ino. */
static inline uint32_t plain_letter(uint32_t code) {
    switch (code) {
        case '0': return 'o';
        case '1': return 'i';
        case '3': return 'e';
        case '4': case '@': return 'a';
        case '5': case '$': return 's';
        case '7': return 't';
        case '8': return 'b';
        case '9': return 'g';
        default: return code;
    }
}

/* The skeleton's code of a character that is in it. */
static inline uint32_t skeleton_code(const Batch *text, Py_ssize_t i) {
    uint32_t code = text->code[i], plain;
    /* An unmasked letter may look like a digit, and stays a letter. */
    if (code >= 128 || text->char_class[i] <= OTHER_LETTER || (plain = plain_letter(code)) == code) return code;
    int has_next = i + 1 < text->n_chars && in_skeleton(text, i + 1);
    int letter_after = has_next && text->char_class[i + 1] <= OTHER_LETTER;
    if (letter_after) return plain;
    int letter_before = i > 0 && is_alphabetic(text->char_class[i - 1]);
    return letter_before && !has_next ? plain : code;
}

/* Polynomial hash of a folded token. */
static inline uint64_t token_hash(const Batch *text, Py_ssize_t token) {
    uint64_t sum = 0, power = BASE;
    for (int64_t i = text->start[token]; i < text->end[token]; i++, power *= BASE) sum += text->code[i] * power;
    return sum;
}

/* Buckets of the four n-grams that start at a place of a line's padded skeleton. */
static inline void gram_buckets(const uint32_t *codes, int solo, uint32_t found[4]) {
    uint64_t running = codes[0], by_length[GRAM_REACH];
    by_length[0] = running;
    for (int length = 1; length < (solo ? 4 : GRAM_REACH); length++) by_length[length] = running = running * BASE + codes[length];
    const uint64_t *first = by_length + (solo ? 0 : 2);
    for (int size = 0; size < 4; size++) found[size] = (uint32_t)bucket(first[size], SALT * (uint64_t)(41 + size), HASH_BITS);
}

/* Buckets of a token, its neighbours and its pairs; `hash` has two more entries on either side of the line. */
static inline void word_buckets(const uint64_t *hash, uint32_t found[7]) {
    const uint64_t twist = BASE * 31;
    uint64_t own = hash[0], before = hash[-1], after = hash[1];
    const uint64_t values[7] = {own, before, after, before * twist + own, own * twist + after, hash[-2] * twist + own, own * twist + hash[2]};
    for (int i = 0; i < 7; i++) found[i] = (uint32_t)bucket(values[i], SALT * (uint64_t)(11 + i), HASH_BITS);
}

#endif
