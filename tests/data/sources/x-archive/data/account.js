window.YTD.account.part0 = [
  {
    "account": {
      "email": "private@example.com",
      "username": "ines_talbot",
      "accountId": "42",
      "accountDisplayName": "Ines Talbot"
    }
  }
]