/* The columns of the dense features, in the order of spamguard.features.context; included by context.c alone. */

typedef struct {
    float *row;
    int at;
} Out;

static inline void add(Out *out, double value) { out->row[out->at++] = (float)value; }

/* What stands here of the token before: the same wherever a whole range is described that holds both. */
static inline float as_before(const Out *out) { return out->row[out->at - N_COLUMNS]; }

/* Logarithms of small counts, which nearly all are. */
static inline double log_count(int64_t count) { return count < N_LOGS ? logs[count] : log1p((double)count); }

static void add_scores(const Line *l, int64_t i, Out *out) {
    static const int reaches[] = {1, 2, 4, 8}, sides[] = {2, 5}, steps[] = {-3, -2, -1, 1, 2, 3}, lengths[] = {3, 6, 12};
    const double *sums = l->score_sums;
    const Facts *f = l->facts;
    int64_t n = l->n, line = f->line_of[l->first + i - f->first];
    add(out, l->score[i]);
    for (int k = 0; k < 4; k++) add(out, mean(sums, most(i - reaches[k], 0), least(i + reaches[k] + 1, n)));
    for (int k = 0; k < 2; k++) {
        add(out, mean(sums, most(i - sides[k], 0), i));
        add(out, i + 1 < n ? mean(sums, i + 1, least(i + sides[k] + 1, n)) : 0);
    }
    for (int k = 0; k < 6; k++) add(out, i + steps[k] >= 0 && i + steps[k] < n ? l->score[i + steps[k]] : 0);
    add(out, i > 0 ? as_before(out) : mean(sums, 0, n));
    add(out, f->mean_score);
    add(out, mean(sums, l->segment[i], l->segment_end[i]));
    for (int k = 0; k < 3; k++) {
        float best = l->cover[k][i];
        for (int64_t at = i - 1; at > i - lengths[k] && at >= 0; at--) best = l->cover[k][at] > best ? l->cover[k][at] : best;
        add(out, best);
    }
    float in_run = mean(sums, l->run[i], l->run_end[i]);
    double sum = (double)in_run * (double)(l->run_end[i] - l->run[i]);
    add(out, in_run);
    add(out, sum > 40 ? 40 : sum < -40 ? -40 : sum);
    add(out, l->segment_best[i]);
    add(out, l->segment_worst[i]);
    float own = f->line_best[line];
    add(out, own);
    add(out, own == f->highest && f->n_highest == 1 ? f->second : f->highest);
    add(out, line > 0 ? f->line_best[line - 1] : -MAX_SCORE);
    add(out, line + 1 < f->n_lines ? f->line_best[line + 1] : -MAX_SCORE);
}

/* Share of the letters of a range that are of the token's own script. */
static double own_share(const Line *l, int own, int64_t first, int64_t last) {
    const int32_t *low = l->script_sums + first * N_SCRIPTS, *high = l->script_sums + last * N_SCRIPTS;
    int32_t all = 0;
    for (int k = 0; k < N_SCRIPTS; k++) all += high[k] - low[k];
    return (double)(high[own] - low[own]) / (double)(all > 1 ? all : 1);
}

static void add_scripts(const Line *l, int64_t i, Out *out) {
    static const int mains[] = {KIND_LATIN, 2, 4, 7, KIND_HAN, KIND_KANA, KIND_THAI};
    int kind = l->kind[i], is_script = kind < N_SCRIPTS, own = is_script ? kind : N_SCRIPTS - 1, main = 0;
    const double *document = l->facts->scripts;
    double all = 0;
    for (int k = 1; k < N_KINDS; k++) add(out, kind == k);
    add(out, is_script ? own_share(l, own, most(i - 3, 0), least(i + 4, l->n)) : -1);
    add(out, is_script ? own_share(l, own, 0, l->n) : -1);
    add(out, is_script ? own_share(l, own, l->segment[i], l->segment_end[i]) : -1);
    for (int k = 0; k < N_SCRIPTS; k++) {
        all += document[k];
        if (document[k] > document[main]) main = k;
    }
    add(out, is_script ? document[own] / (all > 1 ? all : 1) : -1);
    add(out, is_script ? own == main : -1);
    for (int k = 0; k < 7; k++) add(out, main == mains[k]);
    add(out, i > 0 ? as_before(out) : log1p(all));
    int64_t first = l->run[i], last = l->run_end[i];
    add(out, log_count(last - first));
    add(out, (double)least(i - first, FAR));
    add(out, (double)least(last - 1 - i, FAR));
    add(out, first == 0);
    add(out, last == l->n);
    add(out, first > 0 && (l->kind[first - 1] == KIND_OPEN || l->kind[first - 1] == KIND_QUOTE));
}

/* How well a range fits the document's language, and how much better another fits. */
static void add_fit(const Line *l, int64_t first, int64_t last, Out *out) {
    int n_languages = l->languages->n_languages;
    const int32_t *low = l->fit_sums + first * n_languages, *high = l->fit_sums + last * n_languages;
    int32_t here = high[l->facts->language] - low[l->facts->language], best = here;
    for (int g = 0; g < n_languages; g++) best = high[g] - low[g] < best ? high[g] - low[g] : best;
    double n = (double)(l->gram_sums[last] - l->gram_sums[first]), misfit = (double)((float)(here - best) * LOG_STEP);
    n = n > 1 ? n : 1;
    add(out, (double)((float)here * -LOG_STEP) / n);
    add(out, (misfit > 60 ? 60 : misfit) / sqrt(n));
}

/* The same of a range that may be that of the token before. */
static void add_range_fit(const Line *l, int64_t i, int64_t first, int64_t last, Out *out) {
    if (i == first) {
        add_fit(l, first, last, out);
        return;
    }
    add(out, as_before(out));
    add(out, as_before(out));
}

static void add_languages(const Line *l, int64_t i, Out *out) {
    int64_t n = l->n;
    add_fit(l, i, i + 1, out);
    add_fit(l, most(i - 3, 0), least(i + 4, n), out);
    add_fit(l, most(i - 8, 0), least(i + 9, n), out);
    add_range_fit(l, i, l->segment[i], l->segment_end[i], out);
    add_range_fit(l, i, l->run[i], l->run_end[i], out);
    add_range_fit(l, i, 0, n, out);
    for (int u = PAIR; u <= TRIPLE; u++) {
        const float *values = l->usual[u];
        const double *sums = l->usual_sums[u];
        add(out, values[i]);
        add(out, i + 1 < n ? values[i + 1] : 0);
        add(out, i + 2 < n ? values[i + 2] : 0);
        add(out, mean(sums, most(i - 3, 0), least(i + 4, n)));
        add(out, mean(sums, most(i - 8, 0), least(i + 9, n)));
        add(out, mean(sums, l->segment[i], l->segment_end[i]));
        add(out, mean(sums, l->run[i], l->run_end[i]));
    }
    add(out, i + 1 < n ? l->usual[SKIP][i + 1] : 0);
}

static void add_shapes(const Line *l, int64_t i, Out *out) {
    /* Capital, digit, styled, single, sign, slash, bracket, comma and stop are looked at all around. */
    static const uint8_t all_around[N_FLAGS] = {1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0};
    int64_t low = most(i - 4, 0), high = least(i + 5, l->n), t = l->first + i;
    for (int f = 0; f < N_FLAGS; f++) {
        add(out, l->flags[f][i]);
        add(out, share(l->flag_sums[f], low, high));
        if (!all_around[f]) continue;
        add(out, i > l->segment[i] ? as_before(out) : share(l->flag_sums[f], l->segment[i], l->segment_end[i]));
        add(out, i > 0 ? as_before(out) : share(l->flag_sums[f], 0, l->n));
    }
    add(out, log_count(l->seen->text.end[t] - l->seen->text.start[t]));
}

static void add_neighbour(const Line *l, int64_t at, Out *out) {
    int kind = at < 0 || at >= l->n ? N_KINDS : l->kind[at];
    add(out, kind >= KIND_LATIN && kind <= KIND_OTHER_LETTER);
    add(out, kind >= KIND_HAN && kind <= KIND_THAI);
    add(out, kind == KIND_DIGIT);
    add(out, kind == KIND_STOP);
    add(out, kind == KIND_COMMA);
    add(out, kind == KIND_OPEN || kind == KIND_QUOTE);
    add(out, kind == KIND_CLOSE);
    add(out, kind >= KIND_RULE && kind <= KIND_SIGN);
    add(out, kind == N_KINDS);
}

static void add_borders(const Line *l, int64_t i, Out *out) {
    const uint8_t *capital = l->flags[0];
    int32_t depth = l->depth[i], quotes = l->quotes[l->n];
    add(out, l->seen->space_before[l->first + i]);
    add(out, i + 1 < l->n ? l->seen->space_before[l->first + i + 1] : 1);
    add_neighbour(l, i - 2, out);
    add_neighbour(l, i - 1, out);
    add_neighbour(l, i + 1, out);
    add_neighbour(l, i + 2, out);
    add(out, i > 0 ? l->stop[i - 1] : 1);
    add(out, i + 1 < l->n ? capital[i + 1] : 0);
    add(out, i > 0 ? capital[i - 1] : 0);
    add(out, depth < 0 ? 0 : depth > 2 ? 2 : depth);
    add(out, l->quotes[i] % 2);
    add(out, quotes > 4 ? 4 : quotes);
}

static void add_positions(const Line *l, int64_t i, Out *out) {
    const Facts *f = l->facts;
    int64_t n = l->n, first = l->segment[i], last = l->segment_end[i], at = l->first + i - f->first;
    int64_t line = f->line_of[at], n_tokens = f->last - f->first;
    add(out, (double)least(i, FAR));
    add(out, (double)least(n - 1 - i, FAR));
    add(out, log_count(n));
    add(out, (double)least(i - first, FAR));
    add(out, (double)least(last - 1 - i, FAR));
    add(out, log_count(last - first));
    add(out, first == 0);
    add(out, last == n);
    add(out, l->stop[last - 1]);
    add(out, line == 0);
    add(out, line == f->n_lines - 1);
    add(out, log_count(n_tokens));
    add(out, log_count(f->n_lines));
    add(out, i > 0 ? as_before(out) : log1p((double)n) - log1p((double)n_tokens / (double)f->n_lines));
    add(out, f->repeated[0][at]);
    add(out, f->repeated[1][at]);
}
