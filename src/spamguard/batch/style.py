"""How the page about a run looks, in light and in dark."""

STYLE = """
:root { color-scheme: light dark; --ground: #f6f7f9; --card: #fff; --ink: #1a2230; --soft: #5a6577;
  --rule: #dde2ea; --bar: #2f6fdd; --gone: #b3261e; --gone-ground: #fde8e6; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161d; --card: #1b212b; --ink: #e6eaf1;
  --soft: #9aa5b8; --rule: #2d3542; --bar: #6ea2ff; --gone: #ffb4ab; --gone-ground: #4a1f1c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 28px; margin: 0 0 20px; }
h2 { font-size: 16px; margin: 0 0 14px; }
h3 { font-size: 14px; margin: 22px 0 8px; color: var(--soft);
  text-transform: uppercase; letter-spacing: .06em; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(120px, 1fr)); gap: 12px;
  margin: 0 0 20px; }
.tiles div, section { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
.tiles div { padding: 12px 16px; }
dt { color: var(--soft); font-size: 13px; }
dd { margin: 0; font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); gap: 16px; }
section { padding: 18px 20px; margin-bottom: 16px; min-width: 0; }
.plots section { margin: 0; }
.plots + section { margin-top: 16px; }
svg { display: block; height: auto; }
svg .bar { fill: var(--bar); }
svg .label { fill: var(--soft); font-size: 13px; }
svg .number { fill: var(--ink); font-size: 13px; }
svg .axis { stroke: var(--rule); }
ol { list-style: none; margin: 0; padding: 0; }
li { border-top: 1px solid var(--rule); padding: 10px 0; }
li p { margin: 0; overflow-wrap: anywhere; }
.where, .empty { color: var(--soft); font-size: 13px; }
.text { white-space: pre-wrap; }
del { color: var(--gone); background: var(--gone-ground); text-decoration: line-through; border-radius: 3px;
  padding: 1px 2px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
td { border-top: 1px solid var(--rule); padding: 6px 8px 6px 0; vertical-align: top;
  overflow-wrap: anywhere; }
"""
