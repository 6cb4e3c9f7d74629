"""Facts of a network: costs, receptive fields, memory, and the listing of its nodes. A block that occurs twice is
worked out once.
"""
