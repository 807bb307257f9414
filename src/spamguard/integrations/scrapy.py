"""Scrapy: an item pipeline; behind the extra `scrapy`."""

from __future__ import annotations

from typing import Any

from itemadapter import ItemAdapter
from scrapy.crawler import Crawler

from spamguard.integrations.cleaning import TextCleaner

DEFAULT_FIELDS = ("text",)


class SpamguardPipeline:
    """Cleans fields of each item that a spider yields.

    Settings: ``SPAMGUARD_FIELDS`` (list of names, ``["text"]`` by default), ``SPAMGUARD_MODEL``,
    ``SPAMGUARD_THRESHOLD``, ``SPAMGUARD_PROFILE``. A field that an item lacks or that holds no string stays
    as it is. Statistics: ``spamguard/cleaned``, ``spamguard/spans``.

    Parameters
    ----------
    crawler
        The crawler whose settings and statistics to use.

    Examples
    --------
    >>> from scrapy.utils.test import get_crawler
    >>> pipeline = SpamguardPipeline.from_crawler(get_crawler())
    >>> pipeline.process_item({"text": "It rained."})
    {'text': 'It rained.'}
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        threshold = settings.get("SPAMGUARD_THRESHOLD")
        self._crawler = crawler
        self._fields = settings.getlist("SPAMGUARD_FIELDS") or list(DEFAULT_FIELDS)
        self._cleaner = TextCleaner(
            model=settings.get("SPAMGUARD_MODEL"),
            threshold=None if threshold is None else float(threshold),
            profile=settings.get("SPAMGUARD_PROFILE"),
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SpamguardPipeline:
        """Make the pipeline, as Scrapy does."""
        return cls(crawler)

    def process_item(self, item: Any) -> Any:  # noqa: ANN401  (Scrapy's items are anything)
        """Clean an item's fields, and return the item."""
        adapter = ItemAdapter(item)
        for field in self._fields:
            text = adapter.get(field)
            if isinstance(text, str):
                [result] = self._cleaner.results([text])
                if result.changed:
                    adapter[field] = result.text
                    self._count(len(result.spans))
        return item

    def _count(self, n_spans: int) -> None:
        """Keep the statistics that Scrapy prints."""
        if self._crawler.stats is not None:
            self._crawler.stats.inc_value("spamguard/cleaned")
            self._crawler.stats.inc_value("spamguard/spans", n_spans)
