window.YTD.like.part0 = [
  {
    "like": {
      "tweetId": "1390000000000000009",
      "fullText": "Salt remembers the sea. https://t.co/SaltSaltSa",
      "expandedUrl": "https://twitter.com/i/web/status/1390000000000000009"
    }
  }
]