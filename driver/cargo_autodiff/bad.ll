define garbage
