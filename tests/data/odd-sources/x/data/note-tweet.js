window.YTD.note_tweet.part0 = [
{"noteTweet": {"createdAt": "2021-06-02T08:00:02.000Z", "core": {"text": "A cut tweet of forty letters and more, that goes on and on to its end.", "urls": [{"shortUrl": "https://t.co/NnnnNnnn1", "expandedUrl": "https://n.example/"}]}}},
{"noteTweet": {"createdAt": "2021-06-02T09:00:03.000Z", "core": {"text": "Another cut tweet of forty letters and more, that goes on to its end."}}},
{"noteTweet": {"createdAt": "2021-06-02T10:00:00.000Z", "core": {"text": "Too short a tweet to be certain."}}},
{"noteTweet": {"createdAt": "2021-06-02T11:00:00.000Z", "core": {"text": " "}}},
{"other": 1}
]
