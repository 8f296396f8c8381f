return {
    ["bookmarks"] = {
        [1] = { ["datetime"] = "2020-01-02 10:00:00", ["notes"] = "Moss is a slow crowd.", ["text"] = "like the tube" },
        [2] = { ["datetime"] = "2020-01-02 11:00:00", ["notes"] = "Ferns", ["text"] = "Page 9 Ferns @ 2020-01-02 11:00:00" },
    },
    ["highlight"] = {
        [7] = { [1] = { ["datetime"] = "2020-01-02 10:00:00", ["drawer"] = "lighten", ["text"] = "Moss is a slow crowd." } },
        [9] = { [1] = { ["datetime"] = "2020-01-02 11:00:00", ["drawer"] = "lighten", ["text"] = "Ferns" } },
    },
    ["stats"] = { ["authors"] = "Ole Nord", ["title"] = "Moss" },
}
