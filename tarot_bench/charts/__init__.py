"""Charts as Vega-Lite specifications: one specification gives SVG, PNG, PDF and the chart of a page."""
