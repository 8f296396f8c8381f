-- we can read Lua syntax here!
return {
    ["annotations"] = {
        [1] = {
            ["chapter"] = "One",
            ["datetime"] = "2022-03-07 22:12:42",
            ["drawer"] = "lighten",
            ["note"] = "for the talk",
            ["page"] = "/body/DocFragment[4]/body/p[2]/text().12",
            ["pageno"] = 12,
            ["pos0"] = "/body/DocFragment[4]/body/p[2]/text().12",
            ["pos1"] = "/body/DocFragment[4]/body/p[2]/text().44",
            ["text"] = "The tide keeps no appointments.",
        },
        [2] = {
            ["datetime"] = "2022-03-07 22:26:39",
            ["drawer"] = "underscore",
            ["pageno"] = 40,
            ["pos0"] = "/body/DocFragment[5]/body/p[1]/text().0",
            ["text"] = "Salt is patience\
made visible.",
        },
        [3] = {
            ["datetime"] = "2022-03-08 07:00:00",
            ["page"] = "/body/DocFragment[9]/body/p[1]/text().0",
            ["text"] = "in One",
        },
    },
    ["doc_props"] = {
        ["authors"] = "Ada North\
Ben South",
        ["language"] = "en",
        ["title"] = "The Slow Sea",
    },
    ["percent_finished"] = 0.25,
}
