"""文号 (numbering): the register of document numbers 〔year〕n号, without gaps, per organ word and year.

Owns: series of numbers and every number given out, voided ones included. GB/T 9704—2012, 7.2.5: organ word, year in
〔〕, ordinal without leading nought. Rooms above ask for a number inside their own transaction: when the act fails, the
number was never given.
"""
