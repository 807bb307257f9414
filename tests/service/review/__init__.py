"""The tests of the review page; a package, so that they can share one browser and end it behind them."""
