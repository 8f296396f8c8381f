window.YTD.bookmark.part0 = [
{"bookmark": {"tweetId": "1390000000000000001", "fullText": "Mine.", "expandedUrl": "https://x.com/eve/status/1390000000000000001", "bookmarkedAt": "2022-01-02T03:04:05Z"}},
{"bookmark": {"tweetId": "1390000000000000002", "text": "Another's.", "expandedUrl": "https://x.com/eve/status/1390000000000000001"}},
{"bookmark": {"tweetId": "1390000000000000003"}}
]
