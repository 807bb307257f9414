"""What a whole document says about each of its lines: main script, language, evidence nearby, repetition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spamguard.features.language import LanguageTables, sampled_language
from spamguard.features.lexical import LexicalFeatures
from spamguard.features.place import MAX_SCORE, N_SCRIPTS, kinds_of
from spamguard.features.windows import Floats, Index, max_by_group, mean_between, running
from spamguard.text.tokens import TokenBatch, is_solo

# A word of an alphabet weighs as much as the few characters that it would be in Han.
_WORD_WEIGHT = 3.0
_SMOOTHING_REACH = 2
_HASH_BASE = np.uint64(0x100000001B3)
_HASH_MIX = np.uint64(0x9E3779B97F4A7C15)
_RUNS = (2, 4)
_MOST_REPEATS = 64


@dataclass(frozen=True)
class DocumentFacts:
    """Facts about documents and lines.

    Attributes
    ----------
    language
        int64, shape (n_documents,): row of the language that fits a document best.
    scripts
        float64, shape (n_documents, N_SCRIPTS): weight of the letters of each script.
    mean_score
        float32, shape (n_documents,): mean lexical log-odds.
    n_tokens, n_lines
        int64, shape (n_documents,): tokens, and lines that have any.
    line_best
        float32, shape (t,): best smoothed log-odds of the token's line, and
    best_before, best_after, best_elsewhere
        of the lines before and behind it, and of all other lines of its document.
    first_line, last_line
        bool, shape (t,): the token's line is its document's first, or last, with tokens.
    repeated
        float32, shape (t, 2): how often the run of two, and of four, tokens that starts here, or covers the
        token, stands in the document; binary logarithm.
    """

    language: Index
    scripts: NDArray[np.float64]
    mean_score: Floats
    n_tokens: Index
    n_lines: Index
    line_best: Floats
    best_before: Floats
    best_after: Floats
    best_elsewhere: Floats
    first_line: NDArray[np.bool_]
    last_line: NDArray[np.bool_]
    repeated: Floats

    def take(self, rows: Index) -> DocumentFacts:
        """Return the facts for some tokens."""
        return DocumentFacts(
            self.language,
            self.scripts,
            self.mean_score,
            self.n_tokens,
            self.n_lines,
            self.line_best[rows],
            self.best_before[rows],
            self.best_after[rows],
            self.best_elsewhere[rows],
            self.first_line[rows],
            self.last_line[rows],
            self.repeated[rows],
        )


def document_facts(
    tokens: TokenBatch, lexical: LexicalFeatures, score: Floats, tables: LanguageTables
) -> DocumentFacts:
    """Gather the facts of a batch.

    Parameters
    ----------
    tokens
        A batch with at least one token.
    lexical
        Its lexical features.
    score
        float32, shape (t,): lexical log-odds of spam.
    tables
        Statistics of languages.
    """
    sums = running(np.clip(score, -MAX_SCORE, MAX_SCORE))
    line_first = tokens.line_start == np.arange(len(tokens))
    line_number = np.cumsum(line_first) - 1
    best = max_by_group(_smoothed(tokens, sums), np.flatnonzero(line_first))
    lines = running(line_first).astype(np.int64)
    first_line = tokens.line_start == tokens.doc_first[tokens.doc]
    last_line = tokens.line_end == tokens.doc_last[tokens.doc]
    return DocumentFacts(
        language=sampled_language(tokens, lexical, tables),
        scripts=_script_weights(tokens),
        mean_score=mean_between(sums, tokens.doc_first, tokens.doc_last),
        n_tokens=tokens.doc_last - tokens.doc_first,
        n_lines=lines[tokens.doc_last] - lines[tokens.doc_first],
        line_best=best[line_number],
        best_before=np.where(first_line, -MAX_SCORE, best[np.maximum(line_number - 1, 0)]),
        best_after=np.where(last_line, -MAX_SCORE, best[np.minimum(line_number + 1, len(best) - 1)]),
        best_elsewhere=_best_elsewhere(best, tokens.doc[line_first])[line_number],
        first_line=first_line,
        last_line=last_line,
        repeated=_repetition(tokens, lexical.token_hash),
    )


def _smoothed(tokens: TokenBatch, sums: NDArray[np.float64]) -> Floats:
    """Mean score of each token and its nearest on the line, from running sums."""
    at = np.arange(len(tokens))
    first = np.maximum(at - _SMOOTHING_REACH, tokens.line_start)
    return mean_between(sums, first, np.minimum(at + _SMOOTHING_REACH + 1, tokens.line_end))


def line_best(tokens: TokenBatch, score: Floats) -> Floats:
    """Best smoothed log-odds of each token's line, shape (t,)."""
    smooth = _smoothed(tokens, running(np.clip(score, -MAX_SCORE, MAX_SCORE)))
    starts = np.flatnonzero(tokens.line_start == np.arange(len(tokens)))
    best: Floats = np.repeat(max_by_group(smooth, starts), np.diff(starts, append=len(tokens)))
    return best


def _best_elsewhere(best: Floats, doc: Index) -> Floats:
    """Best value of the other lines of each line's document, for lines in order.

    Parameters
    ----------
    best
        float32, shape (n_lines,): value of each line.
    doc
        int64, shape (n_lines,): its document, ascending.
    """
    first = np.flatnonzero(np.diff(doc, prepend=-1))
    group = np.cumsum(np.diff(doc, prepend=-1) > 0) - 1
    highest = np.maximum.reduceat(best, first)[group]
    is_highest = best == highest
    unique = np.add.reduceat(is_highest.astype(np.int64), first)[group] == 1
    others = np.where(is_highest & unique, -MAX_SCORE, best)
    second = np.maximum.reduceat(others, first)[group]
    found: Floats = np.where(is_highest & unique, second, highest).astype(np.float32)
    return found


def _script_weights(tokens: TokenBatch) -> NDArray[np.float64]:
    """Weight of each script in each document."""
    kind = kinds_of(tokens)
    letters = kind < N_SCRIPTS
    weight = np.where(is_solo(tokens.token_class), 1.0, _WORD_WEIGHT)
    n_documents = len(tokens.doc_first)
    cell = tokens.doc[letters] * N_SCRIPTS + kind[letters]
    counts = np.bincount(cell, weight[letters], minlength=n_documents * N_SCRIPTS)
    return counts.astype(np.float64).reshape(n_documents, N_SCRIPTS)


def _repetition(tokens: TokenBatch, token_hash: NDArray[np.uint64]) -> Floats:
    """How often the runs of tokens that cover each token stand in its document."""
    n = len(tokens)
    at = np.arange(n)
    columns = []
    for length in _RUNS:
        value = np.zeros(n, dtype=np.uint64)
        for by in range(length):
            value = value * _HASH_BASE + token_hash[np.minimum(at + by, n - 1)]
        value = (value * _HASH_MIX + tokens.doc.astype(np.uint64)) * _HASH_MIX
        whole = at + length <= tokens.line_end
        _, inverse, count = np.unique(value[whole], return_inverse=True, return_counts=True)
        times = np.ones(n, dtype=np.float32)
        times[whole] = count[inverse]
        best = times.copy()
        for by in range(1, length):
            earlier = at - by
            inside = earlier >= tokens.line_start
            best = np.maximum(best, np.where(inside, times[np.maximum(earlier, 0)], 1))
        columns.append(np.log2(np.minimum(best, _MOST_REPEATS)))
    return np.stack(columns, axis=1).astype(np.float32)
