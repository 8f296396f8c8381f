return {
    ["annotations"] = {
        [2] = { ["text"] = "Second", ["pos0"] = "/x", ["pageno"] = 7, ["datetime"] = "2022-03-07 22:12:42", ["datetime_updated"] = "2022-03-08 00:00:00", ["color"] = "red", },
        [1] = { ["note"] = "only a note", ["page"] = 3, },
        [3] = { ["text"] = "in Two", ["drawer"] = "lighten", ["page"] = "/body", },
        [4] = { ["pos0"] = "/x", ["chapter"] = "c", },
        [5] = "no annotation",
        [6] = { ["text"] = "\"quoted\" \65\x42 \z
            and on\ttab", ["pos0"] = "/x", ["pageref"] = "iv", ["datetime"] = "soon", },
    },
    ["doc_props"] = { ["title"] = "", ["authors"] = "N/A", ["series"] = "S", ["keywords"] = "one\n \ntwo", },
    ["stats"] = { ["title"] = "From the statistics", ["authors"] = "Ada North", },
    ["doc_path"] = "/books/file.epub",
    ["summary"] = { ["note"] = "a review", ["rating"] = 4, },
}
