window.YTD.note_tweet.part0 = [
  {
    "noteTweet": {
      "noteTweetId": "1400000000000000077",
      "createdAt": "2021-06-02T08:00:01.000Z",
      "core": {
        "text": "@tidewatch The harbour master kept forty years of weather in one drawer and nobody ever asked him for it until the drawer stuck. https://t.co/DrawerLink",
        "urls": [
          {
            "shortUrl": "https://t.co/DrawerLink",
            "expandedUrl": "https://harbour.example/drawer"
          }
        ]
      }
    }
  },
  {
    "noteTweet": {
      "noteTweetId": "1400000000000000078",
      "createdAt": "2021-06-05T08:00:01.000Z",
      "core": {
        "text": "A long note whose tweet was deleted, about tides.",
        "urls": []
      }
    }
  }
]