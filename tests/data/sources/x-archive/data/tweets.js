window.YTD.tweets.part0 = [
  {
    "tweet": {
      "id": "1400000000000000001",
      "id_str": "1400000000000000001",
      "created_at": "Wed Jun 02 08:00:00 +0000 2021",
      "full_text": "A lighthouse is a slow letter &amp; a patient reader https://t.co/AbCdEf1234 https://t.co/PicPicPic1",
      "entities": {
        "urls": [
          {
            "url": "https://t.co/AbCdEf1234",
            "expanded_url": "https://harbour.example/lights",
            "display_url": "harbour.example/lights"
          }
        ],
        "media": [
          {
            "url": "https://t.co/PicPicPic1",
            "media_url_https": "https://pbs.twimg.com/media/Lamp.jpg",
            "type": "photo",
            "ext_alt_text": "a lamp [at] night"
          }
        ]
      },
      "extended_entities": {
        "urls": [],
        "media": [
          {
            "url": "https://t.co/PicPicPic1",
            "media_url_https": "https://pbs.twimg.com/media/Lamp.jpg",
            "type": "photo",
            "ext_alt_text": "a lamp [at] night"
          }
        ]
      },
      "favorite_count": "3",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "id_str": "1400000000000000002",
      "created_at": "Wed Jun 02 08:00:01 +0000 2021",
      "full_text": "@tidewatch The harbour master kept forty years of weather in one drawer and nobody ever asked him for it until the…",
      "in_reply_to_status_id_str": "1399999999999999999",
      "in_reply_to_screen_name": "tidewatch",
      "entities": {
        "urls": [],
        "media": []
      }
    }
  },
  {
    "tweet": {
      "id_str": "1400000000000000003",
      "created_at": "Wed Jun 02 09:00:00 +0000 2021",
      "full_text": "Worth rereading: https://t.co/QuoteQuote",
      "quoted_status_id_str": "1390000000000000009",
      "entities": {
        "urls": [
          {
            "url": "https://t.co/QuoteQuote",
            "expanded_url": "https://twitter.com/saltpath/status/1390000000000000009",
            "display_url": "twitter.com/saltpath/s"
          }
        ],
        "media": []
      }
    }
  }
]
