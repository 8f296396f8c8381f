window.YTD.tweets.part12 = [
{"tweet": {"id": "1400000000000000001", "created_at": "Wed Jun 02 08:00:00 +0000 2021", "full_text": "A cut tweet of forty letters and more, that goes on and on…", "in_reply_to_status_id": "1399999999999999999", "entities": {"urls": [{"url": "https://t.co/OoooOooo1", "expanded_url": "https://o.example/"}]}}},
{"tweet": {"id": "1400000000000000002", "created_at": "Wed Jun 02 09:00:00 +0000 2021", "full_text": "Another cut tweet of forty letters and more, that goes on…"}},
{"deletedTweet": {"id_str": "1400000000000000003", "text": "deleted"}},
{"id_str": "0", "text": "no id"},
[1],
{"tweet": {"id": "1400000000000000004", "created_at": "Wed Jun 02 10:00:00 +0000 2021", "full_text": "Too short a tweet…"}}
]
