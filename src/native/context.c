/* Dense features of the tokens of a line: spamguard.features.evidence and .surroundings, column by column. */
#include "context.h"
#include <math.h>

#define FAR 30
#define N_FLAGS 13
#define LONG_WORD 12
#define FIRST_WIDE 0x3000
#define LOG_STEP 0.0625f
#define N_LOGS 512

enum { PAIR, TRIPLE, SKIP, N_USUAL };

/* One line's tokens, numbered from 0, with running sums that start with a zero. */
typedef struct {
    const Seen *seen;
    const Languages *languages;
    const Facts *facts;
    int64_t first, n;             /* first token in the batch, and how many */
    float *score, *usual[N_USUAL];
    uint8_t *kind, *letter, *stop, *flags[N_FLAGS];
    int32_t *segment, *segment_end, *run, *run_end; /* half-open ranges of each token's segment and script run */
    double *score_sums, *usual_sums[2];
    float *cover[3];              /* mean of the 3, 6 and 12 tokens from here on */
    float *segment_best, *segment_worst;
    int32_t *flag_sums[N_FLAGS], *script_sums, *fit_sums, *gram_sums;
    int32_t *depth, *quotes;
    void *memory;
} Line;

static int reserve_line(Line *l, int n_languages, Py_ssize_t n) {
    size_t m = (size_t)n + 1;
    size_t doubles = 3, floats = 1 + N_USUAL + 3 + 2, ints = 4 + N_FLAGS + N_SCRIPTS + (size_t)n_languages + 1 + 2, bytes = 3 + N_FLAGS;
    char *at = l->memory = malloc(m * (doubles * 8 + floats * 4 + ints * 4 + bytes));
    if (!at) return 0;
#define TAKE(field, type, width) field = (type *)at, at += m * sizeof(type) * (size_t)(width)
    TAKE(l->score_sums, double, 1); TAKE(l->usual_sums[0], double, 1); TAKE(l->usual_sums[1], double, 1);
    TAKE(l->score, float, 1);
    for (int i = 0; i < N_USUAL; i++) TAKE(l->usual[i], float, 1);
    for (int i = 0; i < 3; i++) TAKE(l->cover[i], float, 1);
    TAKE(l->segment_best, float, 1); TAKE(l->segment_worst, float, 1);
    TAKE(l->segment, int32_t, 1); TAKE(l->segment_end, int32_t, 1); TAKE(l->run, int32_t, 1); TAKE(l->run_end, int32_t, 1);
    for (int i = 0; i < N_FLAGS; i++) TAKE(l->flag_sums[i], int32_t, 1);
    TAKE(l->script_sums, int32_t, N_SCRIPTS); TAKE(l->fit_sums, int32_t, n_languages); TAKE(l->gram_sums, int32_t, 1);
    TAKE(l->depth, int32_t, 1); TAKE(l->quotes, int32_t, 1);
    TAKE(l->kind, uint8_t, 1); TAKE(l->letter, uint8_t, 1); TAKE(l->stop, uint8_t, 1);
    for (int i = 0; i < N_FLAGS; i++) TAKE(l->flags[i], uint8_t, 1);
#undef TAKE
    return 1;
}

static inline float mean(const double *sums, int64_t first, int64_t last) {
    return (float)((sums[last] - sums[first]) / (double)(last - first > 1 ? last - first : 1));
}

static inline float share(const int32_t *sums, int64_t first, int64_t last) {
    return (float)((double)(sums[last] - sums[first]) / (double)(last - first > 1 ? last - first : 1));
}

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* Fills in kinds, stops and the ranges of segments and script runs. */
static void find_ranges(Line *l) {
    const Seen *s = l->seen;
    int32_t n = (int32_t)l->n;
    int carried = 0;
    for (int32_t i = 0; i < n; i++) {
        int64_t t = l->first + i;
        uint8_t kind = s->token_class[t];
        l->kind[i] = kind_of[kind];
        l->letter[i] = kind >= LATIN && kind <= THAI;
        int ends = kind == STOP || kind == 20 || kind == 21 || kind == PIPE || kind == 27 || kind == BULLET;
        /* A full stop inside a domain or number ends no sentence; in scripts without spaces it does. */
        int inside = kind == STOP && i + 1 < n && !s->space_before[t + 1] && s->text.code[s->text.start[t]] < FIRST_WIDE;
        l->stop[i] = (uint8_t)(ends && !inside);
        l->segment[i] = i == 0 || l->stop[i - 1] ? i : l->segment[i - 1];
        int script = !l->letter[i] ? 0 : l->kind[i] == KIND_KANA ? KIND_HAN : l->kind[i];
        int now = script ? script : carried;
        l->run[i] = i == 0 || now != carried ? i : l->run[i - 1];
        carried = now;
    }
    for (int32_t i = n - 1; i >= 0; i--) {
        l->segment_end[i] = i == n - 1 || l->segment[i + 1] == i + 1 ? i + 1 : l->segment_end[i + 1];
        l->run_end[i] = i == n - 1 || l->run[i + 1] == i + 1 ? i + 1 : l->run_end[i + 1];
    }
}

/* Fills in the scores' sums, the means ahead of each token, and the extremes of each segment. */
static void sum_scores(Line *l) {
    static const int lengths[3] = {3, 6, 12};
    for (int64_t i = 0; i < l->n; i++) {
        l->score[i] = clipped(l->seen->score[l->first + i]);
        l->score_sums[i + 1] = l->score_sums[i] + l->score[i];
    }
    for (int k = 0; k < 3; k++)
        for (int64_t i = 0; i < l->n; i++) l->cover[k][i] = mean(l->score_sums, i, least(i + lengths[k], l->n));
    for (int64_t first = 0; first < l->n; first = l->segment_end[first]) {
        float best = l->score[first], worst = best;
        for (int64_t i = first; i < l->segment_end[first]; i++) {
            best = l->score[i] > best ? l->score[i] : best;
            worst = l->score[i] < worst ? l->score[i] : worst;
        }
        for (int64_t i = first; i < l->segment_end[first]; i++) l->segment_best[i] = best, l->segment_worst[i] = worst;
    }
}

/* Fills in what the shape features look at. */
static void find_flags(Line *l) {
    const Seen *s = l->seen;
    for (int64_t i = 0; i < l->n; i++) {
        int64_t t = l->first + i, start = s->text.start[t], length = s->text.end[t] - start;
        uint8_t kind = s->token_class[t];
        int upper = 0, digits = 0, styled = 0, solo = is_solo(kind), letter = l->letter[i];
        for (int64_t c = start; c < start + length; c++) {
            upper += s->upper[c];
            digits += s->text.char_class[c] == DIGIT;
            styled |= s->styled[c];
        }
        int sign = !letter && kind != DIGIT;
        const uint8_t found[N_FLAGS] = {
            s->upper[start], (float)((double)upper / (double)length) > 0.6f, digits > 0, (uint8_t)styled,
            length == 1 && letter && !solo, (uint8_t)sign, sign && !s->space_before[t], kind == SLASH || kind == AT,
            kind == 27 || kind == 20 || kind == 21, kind == 18, l->stop[i], digits > 0 && letter && !solo, length > LONG_WORD,
        };
        for (int f = 0; f < N_FLAGS; f++) {
            l->flags[f][i] = found[f];
            l->flag_sums[f][i + 1] = l->flag_sums[f][i] + found[f];
        }
        l->depth[i + 1] = l->depth[i] + (l->kind[i] == KIND_OPEN) - (l->kind[i] == KIND_CLOSE);
        l->quotes[i + 1] = l->quotes[i] + (l->kind[i] == KIND_QUOTE);
        int32_t *scripts = l->script_sums + (i + 1) * N_SCRIPTS;
        memcpy(scripts, scripts - N_SCRIPTS, N_SCRIPTS * 4);
        if (l->kind[i] < N_SCRIPTS) scripts[l->kind[i]] += solo ? 1 : 3;
    }
}

/* How well the n-grams that start in each token fit each language; whole numbers, so that sums are exact. */
static void fit_languages(Line *l, const uint32_t *codes, const uint8_t *solo, const int64_t *own) {
    int n_languages = l->languages->n_languages;
    for (int64_t i = 0; i < l->n; i++) {
        int32_t *sums = l->fit_sums + (i + 1) * n_languages;
        memcpy(sums, sums - n_languages, (size_t)n_languages * 4);
        for (int64_t at = own[i]; at < own[i + 1]; at++) {
            uint32_t found[4];
            gram_buckets(codes + at, solo[at], found);
            const uint8_t *low = l->languages->short_grams + (found[0] >> (HASH_BITS - GRAM_BITS)) * (size_t)n_languages;
            const uint8_t *high = l->languages->long_grams + (found[1] >> (HASH_BITS - GRAM_BITS)) * (size_t)n_languages;
            for (int g = 0; g < n_languages; g++) sums[g] += low[g] + high[g];
        }
        l->gram_sums[i + 1] = l->gram_sums[i] + (int32_t)(own[i + 1] - own[i]);
    }
}

/* How usual each token is behind those before it. */
static void find_usual(Line *l) {
    const uint64_t *hash = l->seen->hash + l->first;
    const uint64_t salts[N_USUAL] = {SALT * 71, SALT * 72, SALT * 71};
    for (int64_t i = 0; i < l->n; i++) {
        uint64_t before = i > 0 ? hash[i - 1] : 3, second = i > 1 ? hash[i - 2] : 3;
        const uint64_t values[N_USUAL] = {before * TWIST + hash[i], (second * TWIST + before) * TWIST + hash[i], second * TWIST + hash[i]};
        for (int u = 0; u < N_USUAL; u++) l->usual[u][i] = l->languages->pairs[bucket(values[u], salts[u], PAIR_BITS)];
        for (int u = 0; u < 2; u++) l->usual_sums[u][i + 1] = l->usual_sums[u][i] + l->usual[u][i];
    }
}

static double logs[N_LOGS];

void fill_logs(void) {
    for (int i = 0; i < N_LOGS; i++) logs[i] = log1p((double)i);
}

#include "columns.h"

/* Numbers what lies before each token of the line, and writes the features of all. */
static void describe_line(Line *l, const uint32_t *codes, const uint8_t *solo, const int64_t *own, float *matrix, int64_t *kind, float *pair) {
    l->score_sums[0] = l->usual_sums[0][0] = l->usual_sums[1][0] = 0;
    for (int f = 0; f < N_FLAGS; f++) l->flag_sums[f][0] = 0;
    memset(l->script_sums, 0, N_SCRIPTS * 4);
    memset(l->fit_sums, 0, (size_t)l->languages->n_languages * 4);
    l->gram_sums[0] = l->depth[0] = l->quotes[0] = 0;
    find_ranges(l);
    sum_scores(l);
    find_flags(l);
    fit_languages(l, codes, solo, own);
    find_usual(l);
    for (int64_t i = 0; i < l->n; i++) {
        Out out = {matrix + i * N_COLUMNS, 0};
        add_scores(l, i, &out);
        add_scripts(l, i, &out);
        add_languages(l, i, &out);
        add_shapes(l, i, &out);
        add_borders(l, i, &out);
        add_positions(l, i, &out);
        kind[i] = l->kind[i];
        pair[i] = l->usual[PAIR][i];
    }
}

/* Lays out the skeleton of a line for the languages: codes with padding, and each token's first place. */
static void lay_out_line(const Seen *seen, int64_t first, int64_t n, uint32_t *codes, uint8_t *solo, int64_t *own) {
    const Batch *text = &seen->text;
    int64_t at = 0;
    for (int64_t t = 0; t < n; t++) {
        own[t] = at;
        for (int64_t i = text->start[first + t]; i < text->end[first + t]; i++)
            if (in_skeleton(text, i)) {
                solo[at] = (uint8_t)is_solo(text->char_class[i]);
                codes[at++] = skeleton_code(text, i);
            }
    }
    own[n] = at;
    for (int i = 0; i < GRAM_REACH; i++) codes[at + i] = NO_CHAR;
}

typedef struct {
    const int64_t *rows;
    Py_ssize_t n_rows;
    float *matrix, *pair;
    int64_t *kind;
} Wanted;

/* Describes the wanted tokens, whole lines each; returns 0 where memory is short. */
static int describe(const Seen *seen, const Languages *languages, const int64_t *doc, Wanted wanted) {
    Facts facts;
    uint32_t *codes = malloc(((size_t)seen->text.n_chars + GRAM_REACH) * 4);
    uint8_t *solo = malloc((size_t)seen->text.n_chars + 1);
    int64_t *own = malloc(((size_t)seen->text.n_tokens + 1) * 8);
    int ready = codes && solo && own && reserve_facts(&facts, seen->text.n_tokens, seen->text.n_chars);
    if (ready) {
        int64_t described = -1;
        for (Py_ssize_t r = 0; ready && r < wanted.n_rows;) {
            int64_t first = wanted.rows[r], d = doc[first];
            if (d != described) gather_facts(seen, languages, seen->doc_first[d], seen->doc_last[d], &facts);
            described = d;
            int64_t line = facts.line_of[first - facts.first];
            Line l = {.seen = seen, .languages = languages, .facts = &facts, .first = first, .n = facts.line_start[line + 1] - facts.line_start[line]};
            ready = reserve_line(&l, languages->n_languages, l.n);
            if (!ready) break;
            lay_out_line(seen, first, l.n, codes, solo, own);
            describe_line(&l, codes, solo, own, wanted.matrix + r * N_COLUMNS, wanted.kind + r, wanted.pair + r);
            free(l.memory);
            r += l.n;
        }
        discard_facts(&facts);
    }
    free(codes); free(solo); free(own);
    return ready;
}

PyObject *context(PyObject *module, PyObject *arguments) {
    (void)module;
    enum { N_TEXT = 14, N_TABLES = 5, N_OUT = 3 };
    Py_buffer text[N_TEXT], tables[N_TABLES], out[N_OUT];
    Py_ssize_t n_chars, n_languages;
    if (!PyArg_ParseTuple(arguments, "ny*y*y*y*y*y*y*y*y*y*y*y*y*y*ny*y*y*y*y*w*w*w*", &n_chars, &text[0], &text[1], &text[2],
                          &text[3], &text[4], &text[5], &text[6], &text[7], &text[8], &text[9], &text[10], &text[11], &text[12],
                          &text[13], &n_languages, &tables[0], &tables[1], &tables[2], &tables[3], &tables[4], &out[0], &out[1], &out[2]))
        return NULL;
    Seen seen = {{text[0].buf, text[1].buf, n_chars, text[4].buf, text[5].buf, text[6].buf, items(&text[4], 8)},
                 text[2].buf, text[3].buf, text[7].buf, text[8].buf, text[9].buf, text[10].buf, text[11].buf, text[12].buf};
    Languages languages = {tables[0].buf, tables[1].buf, tables[2].buf, (int)n_languages, tables[3].buf, items(&tables[3], 8)};
    Wanted wanted = {tables[4].buf, items(&tables[4], 8), out[0].buf, out[1].buf, out[2].buf};
    int fits = n_languages > 0 && n_languages <= MAX_LANGUAGES && out[0].len == wanted.n_rows * N_COLUMNS * 4, done = 0;
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        done = describe(&seen, &languages, text[13].buf, wanted);
        Py_END_ALLOW_THREADS
    }
    for (int i = 0; i < N_TEXT; i++) PyBuffer_Release(&text[i]);
    for (int i = 0; i < N_TABLES; i++) PyBuffer_Release(&tables[i]);
    for (int i = 0; i < N_OUT; i++) PyBuffer_Release(&out[i]);
    if (!fits) return PyErr_Format(PyExc_ValueError, "at most %d languages and %d columns", MAX_LANGUAGES, N_COLUMNS);
    return done ? Py_NewRef(Py_None) : PyErr_NoMemory();
}
