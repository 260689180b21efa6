"""What messages of several kinds share: parts of texts, words, buttons."""
