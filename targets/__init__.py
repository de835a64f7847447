"""Target sheets (绩效目标申报表): reading them, findings, progress, self-evaluation and the documents made of them."""
