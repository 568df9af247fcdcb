"""The interactive figures, one concept a file: ordinary Plotly figures that play."""
