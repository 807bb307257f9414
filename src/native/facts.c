/* What a whole document says about each of its lines: spamguard.features.document. */
#include "context.h"
#include <math.h>

#define SMOOTHING_REACH 2
#define MOST_REPEATS 64
#define LEAST_SLOTS 16

const uint8_t kind_of[N_CLASSES] = {
    0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 11, 8, 12, 13, 14, 14, 15, 16, 17, 18, 18, 18, 18, 19, 20, 20, 20, 20, 20, 20,
};

static size_t slots_for(Py_ssize_t n_tokens) {
    size_t slots = LEAST_SLOTS;
    while (slots < 2 * (size_t)n_tokens) slots *= 2;
    return slots;
}

void discard_facts(Facts *f) {
    free(f->line_of); free(f->line_start); free(f->line_best); free(f->repeated[0]); free(f->repeated[1]);
    free(f->slots); free(f->counts); free(f->codes); free(f->solo); free(f->row_end);
}

int reserve_facts(Facts *f, Py_ssize_t n_tokens, Py_ssize_t n_chars) {
    size_t tokens = (size_t)n_tokens + 1, chars = (size_t)n_chars + 1, slots = slots_for(n_tokens);
    f->line_of = malloc(tokens * 8); f->line_start = malloc(tokens * 8); f->line_best = malloc(tokens * 4);
    f->repeated[0] = malloc(tokens * 4); f->repeated[1] = malloc(tokens * 4);
    f->slots = malloc(slots * 8); f->counts = malloc(slots * 8);
    f->codes = malloc(chars * 4); f->solo = malloc(chars); f->row_end = malloc(chars * 8);
    if (f->line_of && f->line_start && f->line_best && f->repeated[0] && f->repeated[1] && f->slots && f->counts &&
        f->codes && f->solo && f->row_end)
        return 1;
    discard_facts(f);
    return 0;
}

/* Numbers the lines and finds the best smoothed score of each. */
static void weigh_lines(const Seen *seen, Facts *f) {
    const float *score = seen->score + f->first;
    const int64_t *line = seen->text.line + f->first;
    int64_t n = f->last - f->first;
    f->n_lines = 0;
    f->highest = f->second = -MAX_SCORE;
    f->n_highest = 0;
    double total = 0;
    for (int64_t start = 0, end; start < n; start = end) {
        for (end = start + 1; end < n && line[end] == line[start];) end++;
        float best = -INFINITY;
        for (int64_t i = start; i < end; i++) {
            int64_t low = i - SMOOTHING_REACH < start ? start : i - SMOOTHING_REACH;
            int64_t high = i + SMOOTHING_REACH + 1 > end ? end : i + SMOOTHING_REACH + 1;
            double sum = 0;
            for (int64_t j = low; j < high; j++) sum += clipped(score[j]);
            float smooth = (float)(sum / (double)(high - low));
            if (smooth > best) best = smooth;
            total += clipped(score[i]);
            f->line_of[i] = f->n_lines;
        }
        f->line_start[f->n_lines] = start;
        f->line_best[f->n_lines++] = best;
    }
    f->line_start[f->n_lines] = n;
    f->mean_score = (float)(total / (double)(n > 1 ? n : 1));
    for (int64_t i = 0; i < f->n_lines; i++) {
        float best = f->line_best[i];
        if (i == 0 || best > f->highest) {
            if (i) f->second = f->highest;
            f->highest = best;
            f->n_highest = 1;
        } else if (best == f->highest) f->n_highest++;
        else if (best > f->second) f->second = best;
    }
}

static void weigh_scripts(const Seen *seen, Facts *f) {
    memset(f->scripts, 0, sizeof f->scripts);
    for (int64_t t = f->first; t < f->last; t++) {
        int kind = kind_of[seen->token_class[t]];
        if (kind < N_SCRIPTS) f->scripts[kind] += is_solo(seen->token_class[t]) ? 1.0 : 3.0;
    }
}

/* Hash of a run of tokens, or 0 where it would leave its line. */
static uint64_t run_hash(const Seen *seen, const Facts *f, int64_t at, int length) {
    if (at + length > f->line_start[f->line_of[at] + 1]) return 0;
    uint64_t value = 0;
    for (int i = 0; i < length; i++) value = value * BASE + seen->hash[f->first + at + i];
    value *= MIX;
    return value ? value : 1;
}

static size_t slot_of(const Facts *f, uint64_t value, size_t mask) {
    size_t slot = (size_t)((value * MIX) >> 20) & mask;
    while (f->slots[slot] && f->slots[slot] != value) slot = (slot + 1) & mask;
    return slot;
}

/* How often the run of `length` tokens that covers each token, at best, stands in the document. */
static void count_runs(const Seen *seen, Facts *f, int length, float *repeated) {
    int64_t n = f->last - f->first;
    size_t n_slots = slots_for(n), mask = n_slots - 1;
    memset(f->slots, 0, n_slots * 8);
    memset(f->counts, 0, n_slots * 8);
    for (int64_t at = 0; at < n; at++) {
        uint64_t value = run_hash(seen, f, at, length);
        if (!value) continue;
        size_t slot = slot_of(f, value, mask);
        f->slots[slot] = value;
        f->counts[slot]++;
    }
    for (int64_t at = 0; at < n; at++) repeated[at] = 1;
    for (int64_t at = 0; at < n; at++) {
        uint64_t value = run_hash(seen, f, at, length);
        if (!value) continue;
        int64_t times = f->counts[slot_of(f, value, mask)];
        float seen_times = (float)(times > MOST_REPEATS ? MOST_REPEATS : times);
        if (times > 1)
            for (int i = 0; i < length; i++)
                if (seen_times > repeated[at + i]) repeated[at + i] = seen_times;
    }
    for (int64_t at = 0; at < n; at++) repeated[at] = repeated[at] > 1 ? log2f(repeated[at]) : 0;
}

/* The language that fits n-grams strewn over the document best. */
static int sampled_language(const Seen *seen, const Languages *l, Facts *f) {
    const Batch *text = &seen->text;
    int64_t n = 0;
    for (int64_t line = 0; line < f->n_lines; line++) {
        int64_t line_first = n;
        for (int64_t t = f->line_start[line]; t < f->line_start[line + 1]; t++)
            for (int64_t i = text->start[f->first + t]; i < text->end[f->first + t]; i++)
                if (in_skeleton(text, i)) {
                    f->solo[n] = (uint8_t)is_solo(text->char_class[i]);
                    f->codes[n++] = skeleton_code(text, i);
                }
        for (int64_t i = line_first; i < n; i++) f->row_end[i] = n;
    }
    if (!n) return 0;
    int32_t cost[MAX_LANGUAGES] = {0};
    for (Py_ssize_t s = 0; s < l->n_steps; s++) {
        int64_t at = (int64_t)(l->steps[s] * (double)n);
        uint32_t codes[GRAM_REACH], found[4];
        for (int i = 0; i < GRAM_REACH; i++) codes[i] = at + i < f->row_end[at] ? f->codes[at + i] : NO_CHAR;
        gram_buckets(codes, f->solo[at], found);
        const uint8_t *low = l->short_grams + (found[0] >> (HASH_BITS - GRAM_BITS)) * (size_t)l->n_languages;
        const uint8_t *high = l->long_grams + (found[1] >> (HASH_BITS - GRAM_BITS)) * (size_t)l->n_languages;
        for (int i = 0; i < l->n_languages; i++) cost[i] += low[i] + high[i];
    }
    int best = 0;
    for (int i = 1; i < l->n_languages; i++)
        if (cost[i] < cost[best]) best = i;
    return best;
}

void gather_facts(const Seen *seen, const Languages *languages, int64_t first, int64_t last, Facts *f) {
    f->first = first;
    f->last = last;
    weigh_lines(seen, f);
    weigh_scripts(seen, f);
    count_runs(seen, f, 2, f->repeated[0]);
    count_runs(seen, f, 4, f->repeated[1]);
    f->language = sampled_language(seen, languages, f);
}
